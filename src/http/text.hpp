// SPDX-License-Identifier: MIT
// Small words of RFC 9110 5.6 that everything that reads or writes fields shares: tokens, optional whitespace, lists.
// All comparisons are of ASCII; nothing here looks at the locale.
#pragma once

#include <optional>
#include <string_view>

namespace encke::http {

/// True if both are the same but for the case of ASCII letters.
[[nodiscard]] bool iequals(std::string_view a, std::string_view b) noexcept;

/// True if `text` is a token (RFC 9110 5.6.2): not empty, no separator, no control, no byte past 0x7E.
[[nodiscard]] bool is_token(std::string_view text) noexcept;

/// Without spaces and tabs at both ends.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;

/// Takes the next trimmed, non-empty element off a list. Nothing when the list is at its end. Does not know about
/// quotes.
[[nodiscard]] std::optional<std::string_view> next_element(std::string_view& list, char separator = ',') noexcept;

/// True if the comma-separated `list` has `token`, whatever the case.
[[nodiscard]] bool list_has(std::string_view list, std::string_view token) noexcept;

}  // namespace encke::http
