// SPDX-License-Identifier: MIT
#include <algorithm>
#include <base/utf8.hpp>
#include <engineio/legacy_text.hpp>

namespace encke::engineio {

std::optional<std::string> undo_double_encoding(std::string_view text) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::all_of(text.begin(), text.end(), is_ascii)) return std::nullopt;
  std::string once;
  once.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_ascii(text[i])) {
      once += text[i];
      continue;
    }
    // U+0080 to U+00FF are C2 80 to C3 BF.
    const auto lead = static_cast<unsigned char>(text[i]);
    if ((lead != 0xC2 && lead != 0xC3) || i + 1 == text.size()) return std::nullopt;
    once += static_cast<char>((lead & 0x03) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3F));
  }
  if (!utf8::is_valid(once)) return std::nullopt;
  return once;
}

}  // namespace encke::engineio
