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

namespace encke::gateway {

/// One thing that is wrong in a request.
struct request_fault {
  std::string pointer;  ///< where in the body: a JSON pointer (RFC 6901); "" for all of it, or "?name" in the query
  std::string detail;   ///< a sentence without full stop that starts with what is wrong
};

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

/// The problem `invalid_request` (400) of these faults; there is at least one.
[[nodiscard]] problem invalid_request(std::vector<request_fault>);

}  // namespace encke::gateway
