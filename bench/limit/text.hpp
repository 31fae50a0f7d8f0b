// SPDX-License-Identifier: MIT
// Text: the little JSON and UTF-8 that the floor looks at. Nothing is copied and nothing is built: a value is found by
// its place in the text. Used for tokens, events and what is published.
#pragma once

#include <cstddef>
#include <string_view>

namespace limit {

/// Where the JSON value that begins `text` ends; 0 if it does not end in it. Looks at quotes and brackets only.
[[nodiscard]] std::size_t end_of_value(std::string_view text) noexcept;

/// The text of the value of a member of an object; empty if there is none.
[[nodiscard]] std::string_view member_of(std::string_view object, std::string_view name) noexcept;

/// What stands between the quotes; empty for what is no string and for strings with escapes.
[[nodiscard]] std::string_view string_in(std::string_view value) noexcept;

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

}  // namespace limit
