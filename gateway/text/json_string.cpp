// SPDX-License-Identifier: MIT
#include "gateway/text/json_string.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "gateway/text/quotes.hpp"
#include "gateway/text/unicode.hpp"

namespace encke::gateway {

namespace {

constexpr std::size_t longest_token = 200;

bool is_surrogate(char32_t unit) {
  return unit >= 0xD800 && unit < 0xE000;
}

void append_utf8(std::string& out, char32_t point) {
  const auto tail = [point](unsigned shift) { return static_cast<char>(0x80u | ((point >> shift) & 0x3Fu)); };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0u | (point >> 6));
    out += tail(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0u | (point >> 12));
    out.append(1, tail(6)).append(1, tail(0));
  } else {
    out += static_cast<char>(0xF0u | (point >> 18));
    out.append(1, tail(12)).append(1, tail(6)).append(1, tail(0));
  }
}

// The unit of "\u1234" at the start of a text, if there is one.
std::optional<char32_t> unit_at(std::string_view text) {
  if (text.size() < 6 || !text.starts_with("\\u")) return std::nullopt;
  unsigned unit = 0;
  std::from_chars(text.data() + 2, text.data() + 6, unit, 16);
  return unit;
}

struct escaped_point {
  char32_t value = 0;
  std::size_t length = 0;  // of its escape
};

// The point of an escape "\u....", or of two that are a pair.
escaped_point point_at(std::string_view text) {
  const auto first = unit_at(text).value_or(0);
  if (first < 0xD800 || first >= 0xDC00) return {first, 6};
  const auto second = unit_at(text.substr(6));
  if (!second || *second < 0xDC00 || *second >= 0xE000) return {first, 6};
  return {0x10000 + ((first - 0xD800) << 10) + (*second - 0xDC00), 12};
}

char plain_escape(char after_backslash) {
  switch (after_backslash) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return after_backslash;
  }
}

}  // namespace

std::string unescaped(std::string_view quoted, lone_surrogates lone) {
  auto rest = quoted.substr(1, quoted.size() - 2);
  std::string out;
  out.reserve(rest.size());
  while (!rest.empty()) {
    const auto plain = rest.substr(0, rest.find('\\'));
    out += plain;
    rest.remove_prefix(plain.size());
    if (rest.empty()) break;
    if (rest[1] != 'u') {
      out += plain_escape(rest[1]);
      rest.remove_prefix(2);
      continue;
    }
    const auto [value, length] = point_at(rest);
    append_utf8(out, is_surrogate(value) && lone == lone_surrogates::replaced ? 0xFFFD : value);
    rest.remove_prefix(length);
  }
  return out;
}

bool has_lone_surrogate(std::string_view quoted) {
  for (auto at = quoted.find('\\'); at != std::string_view::npos; at = quoted.find('\\', at)) {
    if (quoted[at + 1] != 'u') {
      at += 2;
      continue;
    }
    const auto [value, length] = point_at(quoted.substr(at));
    if (is_surrogate(value)) return true;
    at += length;
  }
  return false;
}

std::string in_message(std::string_view name) {
  std::string out{name.substr(0, 41)};
  for (char& c : out)
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  return in_quotes(out);
}

std::string pointer_token(std::string_view name) {
  std::string token = "/";
  while (!name.empty() && token.size() < longest_token) {
    const auto [value, length, is_valid] = first_of(name);
    if (!is_valid)
      token += "\uFFFD";
    else if (value == '~')
      token += "~0";
    else if (value == '/')
      token += "~1";
    else
      token += name.substr(0, length);
    name.remove_prefix(length);
  }
  return token;
}

}  // namespace encke::gateway
