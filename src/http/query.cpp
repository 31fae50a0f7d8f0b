// SPDX-License-Identifier: MIT
#include "http/query.hpp"

#include "base/utf8.hpp"

#include <algorithm>

namespace encke::http {
namespace {

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out.push_back(' ');
      continue;
    }
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low < 0) {
      out.push_back(text[i]);
      continue;
    }
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return out;
}

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~' && c != '%' && c != '+'; });
}

std::string decode_form(std::string_view text) {
  if (is_plain(text)) return std::string{text};
  auto out = decode(text, true);
  return utf8::is_valid(out) ? out : utf8::replace_invalid(out);
}

bool is_unreserved(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

}  // namespace

query::query(std::string_view raw) {
  pairs_.reserve(std::min<std::size_t>(max_parameters, static_cast<std::size_t>(std::ranges::count(raw, '&')) + 1));
  while (!raw.empty() && pairs_.size() < max_parameters) {
    const auto end = std::min(raw.find('&'), raw.size());
    const auto piece = raw.substr(0, end);
    raw.remove_prefix(std::min(end + 1, raw.size()));
    if (piece.empty()) continue;
    const auto equals = std::min(piece.find('='), piece.size());
    const auto value = piece.substr(std::min(equals + 1, piece.size()));
    pairs_.emplace_back(decode_form(piece.substr(0, equals)), decode_form(value));
  }
}

const std::string* query::find(std::string_view name) const noexcept {
  const auto found = std::find_if(pairs_.rbegin(), pairs_.rend(), [name](const auto& p) { return p.first == name; });
  return found == pairs_.rend() ? nullptr : &found->second;
}

std::optional<std::string_view> query::get(std::string_view name) const {
  const auto* value = find(name);
  return value == nullptr ? std::nullopt : std::optional<std::string_view>{*value};
}

bool query::has(std::string_view name) const noexcept {
  return find(name) != nullptr;
}

std::string percent_decode(std::string_view text) {
  return decode(text, false);
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return out;
}

}  // namespace encke::http
