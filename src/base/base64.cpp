// SPDX-License-Identifier: MIT
// Base64 by table behind encke/base64.hpp: three bytes from four characters and back, sizes known before anything is
// written.
#include <algorithm>
#include <array>
#include <cstdint>
#include <encke/base64.hpp>
#include <iterator>

namespace encke::base64 {
namespace {

constexpr std::string_view standard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view white_space = "\t\n\f\r ";
constexpr std::string_view url_safe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::uint8_t bad = 0xFF;  // every valid value has the two high bits clear
constexpr auto values = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(bad);
  for (std::size_t i = 0; i < 64; ++i) {
    table[static_cast<std::uint8_t>(standard[i])] = static_cast<std::uint8_t>(i);
    table[static_cast<std::uint8_t>(url_safe[i])] = static_cast<std::uint8_t>(i);
  }
  return table;
}();

std::uint32_t byte_of(char c) {
  return static_cast<std::uint8_t>(c);
}
std::uint32_t value_of(char c) {
  return values[static_cast<std::uint8_t>(c)];
}

// Writes the whole groups and the unpadded rest; returns the end of what was written.
char* write(char* to, std::string_view data, std::string_view alphabet) {
  std::size_t i = 0;
  for (; i + 3 <= data.size(); i += 3) {
    const std::uint32_t group = byte_of(data[i]) << 16 | byte_of(data[i + 1]) << 8 | byte_of(data[i + 2]);
    *to++ = alphabet[group >> 18];
    *to++ = alphabet[group >> 12 & 63];
    *to++ = alphabet[group >> 6 & 63];
    *to++ = alphabet[group & 63];
  }
  const std::size_t rest = data.size() - i;
  if (rest == 0) return to;
  const std::uint32_t group = byte_of(data[i]) << 16 | (rest == 2 ? byte_of(data[i + 1]) << 8 : 0);
  *to++ = alphabet[group >> 18];
  *to++ = alphabet[group >> 12 & 63];
  if (rest == 2) *to++ = alphabet[group >> 6 & 63];
  return to;
}

// Without its padding; padding that is present must complete a group of four (RFC 4648 3.2).
bool strip_padding(std::string_view& text) {
  if (text.empty() || text.back() != '=') return true;
  if (text.size() % 4 != 0) return false;
  text.remove_suffix(1);
  if (text.back() == '=') text.remove_suffix(1);
  return true;
}

// Of text without its padding.
std::size_t decoded_size(std::string_view text) {
  return text.size() / 4 * 3 + (text.size() % 4 == 0 ? 0 : text.size() % 4 - 1);
}

// `to` may be where `text` begins: nothing is written before it was read.
bool read(std::string_view text, char* to) {
  std::size_t i = 0;
  for (; i + 4 <= text.size(); i += 4) {
    const std::uint32_t a = value_of(text[i]), b = value_of(text[i + 1]), c = value_of(text[i + 2]),
                        d = value_of(text[i + 3]);
    if ((a | b | c | d) > 63) return false;
    const std::uint32_t group = a << 18 | b << 12 | c << 6 | d;
    *to++ = static_cast<char>(group >> 16);
    *to++ = static_cast<char>(group >> 8);
    *to++ = static_cast<char>(group);
  }
  const std::size_t rest = text.size() - i;
  if (rest == 0) return true;
  // Spare bits of the last character are not looked at, as in Node and browsers (RFC 4648 3.5 leaves it open).
  const std::uint32_t a = value_of(text[i]), b = value_of(text[i + 1]), c = rest == 3 ? value_of(text[i + 2]) : 0;
  if ((a | b | c) > 63) return false;
  *to++ = static_cast<char>(a << 2 | b >> 4);
  if (rest == 3) *to++ = static_cast<char>(b << 4 | c >> 2);
  return true;
}

}  // namespace

void append(std::string& out, std::string_view data) {
  const std::size_t before = out.size();
  out.resize(before + encoded_size(data.size()), '=');
  write(out.data() + before, data, standard);
}

std::string encode(std::string_view data) {
  std::string out;
  append(out, data);
  return out;
}

std::string encode_url(std::string_view data) {
  std::string out(data.size() / 3 * 4 + (data.size() % 3 == 0 ? 0 : data.size() % 3 + 1), '\0');
  write(out.data(), data, url_safe);
  return out;
}

std::optional<std::string> decode(std::string_view text) {
  std::string out;
  return decode(text, out) ? std::optional{std::move(out)} : std::nullopt;
}

bool decode(std::string_view text, std::string& out) {
  if (!strip_padding(text) || text.size() % 4 == 1) return false;
  const std::size_t before = out.size();
  out.resize(before + decoded_size(text));
  if (read(text, out.data() + before)) return true;
  out.resize(before);
  return false;
}

bool decode_in_lines(std::string_view text, std::string& out) {
  if (text.find_first_of(white_space) == text.npos) return decode(text, out);
  const std::size_t before = out.size();
  std::ranges::copy_if(text, std::back_inserter(out), [](char c) { return white_space.find(c) == white_space.npos; });
  auto rest = std::string_view{out}.substr(before);
  const bool is_good = strip_padding(rest) && rest.size() % 4 != 1 && read(rest, out.data() + before);
  out.resize(before + (is_good ? decoded_size(rest) : 0));
  return is_good;
}

bool is_canonical_url(std::string_view text) noexcept {
  const auto is_url_safe = [](char c) { return value_of(c) <= 63 && c != '+' && c != '/'; };
  if (!std::ranges::all_of(text, is_url_safe)) return false;
  switch (text.size() % 4) {
    case 1: return false;
    case 2: return value_of(text.back()) % 16 == 0;
    case 3: return value_of(text.back()) % 4 == 0;
    default: return true;
  }
}

}  // namespace encke::base64
