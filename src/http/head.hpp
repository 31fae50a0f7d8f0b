// SPDX-License-Identifier: MIT
// Reads one complete head, request line and fields (RFC 9112 3, 5, 6), with Beast's parser, and decides how long the
// body is. request_parser finds where the head ends and calls this; no other file includes Beast.
#pragma once

#include "http/error.hpp"
#include "http/request.hpp"

#include <cstddef>
#include <cstdint>

namespace encke::http {

struct limits {
  std::size_t head = 16 * 1024;   ///< request line and fields together
  std::size_t headers = 100;      ///< number of fields
  std::size_t target = 8 * 1024;  ///< request target
};

/// Where the body ends: after so many bytes, or after the last chunk.
struct framing {
  std::uint64_t length = 0;
  bool is_chunked = false;
};

/// Fills everything of `out` but the body. `head` ends with its empty line; line ends and folds were checked before.
[[nodiscard]] result<framing, error> parse_head(std::string_view head, const limits&, request& out);

}  // namespace encke::http
