// SPDX-License-Identifier: MIT
// JSON strings. Used by json_document and its readers.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace encke::gateway {

/// What becomes of an escaped half of a surrogate pair, which JSON may hold and UTF-8 may not.
enum class lone_surrogates {
  replaced,  ///< by U+FFFD: for whatever leaves as text
  kept,      ///< as three bytes that are no UTF-8: to compare names by
};

/// What a checked string stands for, given with its quotes.
[[nodiscard]] std::string unescaped(std::string_view quoted, lone_surrogates);
/// A checked string holds an escaped half of a surrogate pair.
[[nodiscard]] bool has_lone_surrogate(std::string_view quoted);

/// A name that somebody made up, for a message: short, and plain ASCII.
[[nodiscard]] std::string in_message(std::string_view name);
/// A step of a JSON pointer (RFC 6901 3) with its slash; of a long name as much as fits.
[[nodiscard]] std::string pointer_token(std::string_view name);

}  // namespace encke::gateway
