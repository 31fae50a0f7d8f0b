// SPDX-License-Identifier: MIT
// Base64 (RFC 4648): standard alphabet with padding for payloads, url-safe without padding for ids.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace encke::base64 {

/// Appends the standard form, with padding.
void append(std::string& out, std::string_view data);
[[nodiscard]] std::string encode(std::string_view data);
/// The url-safe alphabet, without padding.
[[nodiscard]] std::string encode_url(std::string_view data);
/// Size of the standard form of `bytes` bytes.
[[nodiscard]] constexpr std::size_t encoded_size(std::size_t bytes) {
  return (bytes + 2) / 3 * 4;
}

/// Appends the decoded bytes. Accepts both alphabets, with or without padding; false on any other character, on
/// misplaced padding and on a length that cannot be: then `out` is as before.
[[nodiscard]] bool decode(std::string_view text, std::string& out);
/// The same, with white space (tab, LF, FF, CR, space) anywhere in it skipped: what writers that break lines make, and
/// as browsers read it ("forgiving-base64 decode" of WHATWG Infra).
[[nodiscard]] bool decode_in_lines(std::string_view text, std::string& out);

}  // namespace encke::base64
