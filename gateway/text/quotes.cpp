// SPDX-License-Identifier: MIT
#include "gateway/text/quotes.hpp"

#include <fmt/format.h>

namespace encke::gateway {

std::string in_quotes(std::string_view value) {
  constexpr std::size_t most = 40;
  std::string out = toml_string(value.substr(0, most));
  if (value.size() > most) out.insert(out.size() - 1, "...");
  return out;
}

std::string toml_string(std::string_view value) {
  std::string out = "\"";
  for (const unsigned char c : value) {
    if (c == '"' || c == '\\')
      out += {'\\', static_cast<char>(c)};
    else if (c < 0x20 || c == 0x7f)
      out += fmt::format("\\u{:04X}", c);
    else
      out += static_cast<char>(c);
  }
  return out += '"';
}

}  // namespace encke::gateway
