// SPDX-License-Identifier: MIT
// Pieces of JSON text, byte for byte as JSON.stringify writes them, for the encoder and the hub.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace encke::socketio {

/// Appends a quoted string. Escapes `"`, `\` and C0 controls only; an invalid part of `utf8` becomes U+FFFD.
void append_string(std::string& out, std::string_view utf8);

/// Appends JSON text with every character beyond ASCII as \uXXXX, which means the same. `json` is valid UTF-8.
void append_ascii(std::string& out, std::string_view json);

/// Appends a number as JavaScript's Number::toString does: shortest digits that read back the same, `1e+21`, `1e-7`,
/// -0 as 0; NaN and infinities are null.
void append_number(std::string& out, double);
void append_number(std::string& out, std::int64_t);
void append_number(std::string& out, std::uint64_t);

/// The other integer types.
template <std::integral T>
requires(!std::same_as<T, bool>) void append_number(std::string& out, T value) {
  if constexpr (std::signed_integral<T>) {
    append_number(out, static_cast<std::int64_t>(value));
  } else {
    append_number(out, static_cast<std::uint64_t>(value));
  }
}

}  // namespace encke::socketio
