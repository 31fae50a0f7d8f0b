// SPDX-License-Identifier: MIT
// Writes JSON strings the way JSON.stringify does, plus the two line separators that JSONP must not carry raw.
// Called by payload.cpp and request.cpp. Copies runs of plain characters at once.
#include "engineio/json_string.hpp"

namespace encke::engineio {

namespace {

constexpr std::string_view line_separator = "\xe2\x80\xa8", paragraph_separator = "\xe2\x80\xa9";

/// The escape of one control character, quote or backslash.
void append_escape(std::string& out, char c) {
  constexpr std::string_view hex = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default:
      out += "\\u00";
      out += hex[byte >> 4];
      out += hex[byte & 15];
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out.reserve(out.size() + text.size() + 2);
  out += '"';
  std::size_t plain = 0;  // begin of what is not yet written
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_separator =
        c == '\xe2' && (text.substr(i, 3) == line_separator || text.substr(i, 3) == paragraph_separator);
    const bool is_special = c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
    if (!is_separator && !is_special) continue;
    out += text.substr(plain, i - plain);
    if (is_separator) {
      out += text.substr(i, 3) == line_separator ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      append_escape(out, c);
    }
    plain = i + 1;
  }
  out += text.substr(plain);
  out += '"';
}

}  // namespace encke::engineio
