// SPDX-License-Identifier: MIT
#include "gateway/text/base64.hpp"

#include <algorithm>
#include <cstdint>

namespace encke::gateway {

namespace {

constexpr std::string_view standard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view for_url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

int value_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return -1;
}

}  // namespace

std::string to_base64(std::string_view data, base64_alphabet which) {
  const auto letters = which == base64_alphabet::url ? for_url : standard;
  std::string out;
  out.reserve((data.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < data.size(); i += 3) {
    const std::size_t have = std::min<std::size_t>(3, data.size() - i);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) bits = bits << 8 | (k < have ? static_cast<std::uint8_t>(data[i + k]) : 0U);
    for (std::size_t k = 0; k <= have; ++k) out += letters[bits >> (18 - 6 * k) & 63];
    if (which == base64_alphabet::standard) out.append(3 - have, '=');
  }
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.find_first_of("\r\n") != std::string_view::npos) {
    std::string one_line{text};
    std::erase_if(one_line, [](char c) { return c == '\r' || c == '\n'; });
    return from_base64(one_line);
  }
  if (text.size() % 4 == 0) {  // only a whole group may be padded
    if (text.ends_with('=')) text.remove_suffix(1);
    if (text.ends_with('=')) text.remove_suffix(1);
  }
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const int value = value_of(c);
    if (value < 0) return std::nullopt;
    bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xffffff;
    if ((count += 6) < 8) continue;
    count -= 8;
    out += static_cast<char>(bits >> count & 0xff);
  }
  return out;
}

}  // namespace encke::gateway
