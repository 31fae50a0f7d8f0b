// SPDX-License-Identifier: MIT
// Problem: an error answer of the HTTP API, as problem details (RFC 9457) with a `code` for programs.
// Made by whatever refuses a request: the key check, the body reader, the calls.
#pragma once

#include <cstddef>
#include <encke/http.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/commands/refusal.hpp"

namespace encke::gateway {

struct problem {
  unsigned status = 400;
  std::string_view code;                ///< constant text, e.g. "invalid_request"
  std::string detail;                   ///< for people
  std::vector<request_fault> errors{};  ///< every fault, for `invalid_request`
  std::vector<std::pair<std::string, std::string>> headers{};
  std::optional<std::pair<std::size_t, std::size_t>> position{};  ///< line and column, for `invalid_json`
};

/// application/problem+json with type, title, status, detail, code, message (the same as detail), and errors, line and
/// column if any.
[[nodiscard]] http_response answer_of(problem);

/// What the server itself refuses on internal listeners, as a problem; for `server::on_http_refusal`.
void describe(http_response& refusal, const http_refusal&);

/// What a command or a query is refused for, as a problem (400).
[[nodiscard]] problem problem_of(refusal);

}  // namespace encke::gateway
