// SPDX-License-Identifier: MIT
// In what form a body is sent: its media type, its character set, how it is coded.
#pragma once

#include <encke/http.hpp>
#include <optional>
#include <string_view>

#include "gateway/api/problem.hpp"

namespace encke::gateway {

enum class body_type {
  json,    ///< application/json, text/json and whatever ends in +json, as browsers tell a JSON type
  ndjson,  ///< one JSON text a line: application/x-ndjson, application/ndjson, application/jsonl
  other,
};

/// By the Content-Type of a request, whatever its parameters.
[[nodiscard]] body_type type_of(const http_request&);

/// Why the body of a call is not read: another type than JSON is named, or what `refusal_of_coding` says.
[[nodiscard]] std::optional<problem> refusal_of_body(const http_request&);

/// Why a body of JSON is not read: another charset than UTF-8 is named, or used, or it is compressed. Otherwise
/// nothing.
[[nodiscard]] std::optional<problem> refusal_of_coding(const http_request&);

}  // namespace encke::gateway
