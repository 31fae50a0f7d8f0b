// SPDX-License-Identifier: MIT
// Checks JSON text (RFC 8259) in one pass and builds nothing. The decoder is the main caller; the hub may check what
// users and other nodes hand in. Strings must be UTF-8; escaped lone surrogates pass, as JSON.parse lets them.
#pragma once

#include <cstddef>
#include <encke/error.hpp>
#include <socketio/packet.hpp>
#include <string_view>

namespace encke::socketio {

/// Checks that `text` is one JSON value, with whitespace allowed around it, at most `depth` (at most 512) levels deep.
/// Gives the value without that whitespace. Fails with invalid_json or too_deep.
[[nodiscard]] result<std::string_view, error> check_json(std::string_view text, std::size_t depth) noexcept;

/// A checked array, and what a Socket.IO packet has to know of it. Views point into the text.
struct json_array {
  std::string_view text;   ///< from "[" to "]"
  std::string_view inner;  ///< inside of the brackets, "" if there are no elements
  std::string_view first;  ///< the first element, "" if there is none
  std::string_view rest;   ///< the elements after the first, "" if there are none
  std::size_t count = 0;   ///< number of elements
};

/// `check_json` for a text that starts with "[".
[[nodiscard]] result<json_array, error> check_json_array(std::string_view text, std::size_t depth) noexcept;

}  // namespace encke::socketio
