// SPDX-License-Identifier: MIT
#include "http/text.hpp"

#include <algorithm>
#include <array>

namespace encke::http {
namespace {

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// RFC 9110 5.6.2: tchar
constexpr auto token_characters = [] {
  std::array<bool, 256> table{};
  for (char c = '0'; c <= '9'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (char c = 'a'; c <= 'z'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (char c = 'A'; c <= 'Z'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (char c : std::string_view{"!#$%&'*+-.^_`|~"}) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

constexpr bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t';
}

}  // namespace

bool iequals(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

bool is_token(std::string_view text) noexcept {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return token_characters[static_cast<unsigned char>(c)]; });
}

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<std::string_view> next_element(std::string_view& list, char separator) noexcept {
  while (!list.empty()) {
    const auto end = std::min(list.find(separator), list.size());
    const auto element = trim(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    if (!element.empty()) return element;
  }
  return std::nullopt;
}

bool list_has(std::string_view list, std::string_view token) noexcept {
  while (const auto element = next_element(list))
    if (iequals(*element, token)) return true;
  return false;
}

}  // namespace encke::http
