// SPDX-License-Identifier: MIT
// Checks JSON text (RFC 8259) in one pass and builds nothing. The decoder is the main caller; the hub may check what
// users and other nodes hand in. Strings must be UTF-8; escaped lone surrogates pass, as JSON.parse lets them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <encke/error.hpp>
#include <optional>
#include <socketio/packet.hpp>
#include <string>
#include <string_view>

namespace encke::socketio {

enum class json_kind : std::uint8_t { null, boolean, number, string, array, object };

/// The kind of a checked value, by its first character.
[[nodiscard]] json_kind kind_of(std::string_view checked) noexcept;

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

/// True if each object of the checked text that has `"_placeholder":true` has an integer `num` below `attachments`.
/// Of duplicate keys the last counts. Placeholders inside of placeholders are looked at like all others.
[[nodiscard]] bool placeholders_are_legal(std::string_view checked, std::size_t attachments);

/// Appends what a checked JSON string, given without its quotes, stands for. Lone surrogates become U+FFFD.
template <class String>
void append_unescaped(String& out, std::string_view checked);

}  // namespace encke::socketio
