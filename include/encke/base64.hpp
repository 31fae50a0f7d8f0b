// SPDX-License-Identifier: MIT
// Base64 (RFC 4648): the standard alphabet with padding, for binary in texts, and the url-safe one without, for ids.
#pragma once

#include <cstddef>
#include <encke/export.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace encke::base64 {

/// The standard form, with padding.
[[nodiscard]] ENCKE_API std::string encode(std::string_view data);
/// Appends the standard form.
ENCKE_API void append(std::string& out, std::string_view data);
/// Size of the standard form of `bytes` bytes.
[[nodiscard]] constexpr std::size_t encoded_size(std::size_t bytes) {
  return (bytes + 2) / 3 * 4;
}
/// The url-safe alphabet (RFC 4648 5), without padding.
[[nodiscard]] ENCKE_API std::string encode_url(std::string_view data);

/// The bytes of a text in either alphabet, with or without padding. Nothing for any other character, for misplaced
/// padding and for a length that cannot be.
[[nodiscard]] ENCKE_API std::optional<std::string> decode(std::string_view text);
/// The same, appended; false leaves `out` as it was.
[[nodiscard]] ENCKE_API bool decode(std::string_view text, std::string& out);
/// The same, with white space (tab, LF, FF, CR, space) anywhere in it skipped: what writers that break lines make, and
/// as browsers read it ("forgiving-base64 decode" of WHATWG Infra).
[[nodiscard]] ENCKE_API bool decode_in_lines(std::string_view text, std::string& out);

/// True if `encode_url` gives this text for some bytes: so it is the only spelling of them.
[[nodiscard]] ENCKE_API bool is_canonical_url(std::string_view text) noexcept;

}  // namespace encke::base64
