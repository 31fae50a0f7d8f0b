// SPDX-License-Identifier: MIT
// Characters of texts that come from clients, one by one, and those that must reach neither a log nor a terminal as
// they are. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace encke::gateway {

struct code_point {
  char32_t value = 0xFFFD;
  std::size_t length = 1;  ///< bytes
  bool is_valid = false;   ///< false: this byte is no UTF-8
};

/// The first character of a text that is not empty (RFC 3629: the shortest form only, no surrogates, nothing past
/// U+10FFFF).
[[nodiscard]] code_point first_of(std::string_view text);

/// Of UTF-8.
[[nodiscard]] std::size_t characters_in(std::string_view text);

/// Controls (Unicode's category Cc), format characters (Cf: they turn the line around, join or hide what is there) and
/// separators of lines.
[[nodiscard]] bool is_invisible(char32_t);

}  // namespace encke::gateway
