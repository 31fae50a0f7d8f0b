// SPDX-License-Identifier: MIT
#include "text.hpp"

#include <cstdint>
#include <cstring>

namespace limit {
namespace {

std::size_t end_of_string(std::string_view text) noexcept {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\') ++at;
  }
  return 0;
}

std::string_view without_spaces(std::string_view text) noexcept {
  const auto begin = text.find_first_not_of(" \t\r\n");
  return begin == text.npos ? std::string_view{} : text.substr(begin);
}

// Bytes of the character that begins `text`, whose first byte is not ASCII; 0 if there is none (RFC 3629).
std::size_t character_in(std::string_view text) noexcept {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned lead = byte(0);
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return 0;
  for (std::size_t at = 1; at < size; ++at)
    if ((byte(at) & 0xc0) != 0x80) return 0;
  const unsigned second = byte(1);
  if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)) return 0;
  if ((lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) return 0;
  return size;
}

}  // namespace

std::size_t end_of_value(std::string_view text) noexcept {
  if (text.empty()) return 0;
  if (text.front() == '"') return end_of_string(text);
  if (text.front() != '[' && text.front() != '{') {
    const auto end = text.find_first_of(",]} \t\r\n");
    return end == text.npos ? text.size() : end;
  }
  std::size_t depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') {
      const auto size = end_of_string(text.substr(at));
      if (size == 0) return 0;
      at += size - 1;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if ((c == ']' || c == '}') && --depth == 0) {
      return at + 1;
    }
  }
  return 0;
}

std::string_view member_of(std::string_view object, std::string_view name) noexcept {
  auto rest = without_spaces(object);
  while (!rest.empty() && (rest.front() == '{' || rest.front() == ',')) {
    rest = without_spaces(rest.substr(1));
    if (rest.empty() || rest.front() != '"') return {};
    const auto key = rest.substr(0, end_of_string(rest));
    rest = without_spaces(rest.substr(key.size()));
    if (key.empty() || rest.empty() || rest.front() != ':') return {};
    rest = without_spaces(rest.substr(1));
    const auto value = rest.substr(0, end_of_value(rest));
    if (value.empty()) return {};
    if (key.substr(1, key.size() - 2) == name) return value;
    rest = without_spaces(rest.substr(value.size()));
  }
  return {};
}

std::string_view string_in(std::string_view value) noexcept {
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') return {};
  const auto inside = value.substr(1, value.size() - 2);
  return inside.find('\\') == inside.npos ? inside : std::string_view{};
}

bool is_utf8(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size()) {
    std::uint64_t eight = 0;
    if (text.size() - at >= 8) {
      std::memcpy(&eight, text.data() + at, 8);
      if ((eight & 0x8080'8080'8080'8080U) == 0) {
        at += 8;
        continue;
      }
    }
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    const auto size = character_in(text.substr(at));
    if (size == 0) return false;
    at += size;
  }
  return true;
}

}  // namespace limit
