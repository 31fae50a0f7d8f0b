// SPDX-License-Identifier: MIT
#include "bench/load/outgoing.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace encke::load {

namespace {

constexpr std::string_view hex = "0123456789abcdef";
constexpr unsigned time_digits = 12, number_digits = 3;
constexpr std::uint64_t time_mask = (std::uint64_t{1} << (4 * time_digits)) - 1;

const clock::time_point began = clock::now();

constexpr std::array<std::int8_t, 256> values = [] {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  for (std::size_t i = 0; i < hex.size(); ++i) table[static_cast<unsigned char>(hex[i])] = static_cast<std::int8_t>(i);
  return table;
}();

}  // namespace

void stamp::write(char* to) const noexcept {
  const auto ns = static_cast<std::uint64_t>((due - began) / std::chrono::nanoseconds{1}) & time_mask;
  auto bits = ns << (4 * number_digits) | (number & (numbers - 1U));
  *to = '@';
  for (std::size_t i = size - 1; i > 0; --i, bits >>= 4) to[i] = hex[bits & 15];
}

std::optional<stamp> find_stamp(std::string_view text) noexcept {
  const auto at = text.find('@');
  if (at == std::string_view::npos || text.size() - at < stamp::size) return {};
  std::uint64_t bits = 0;
  for (std::size_t i = at + 1; i < at + stamp::size; ++i) {
    const auto value = values[static_cast<unsigned char>(text[i])];
    if (value < 0) return {};
    bits = bits << 4 | static_cast<std::uint64_t>(value);
  }
  stamp found;
  found.due = began + std::chrono::nanoseconds{bits >> (4 * number_digits)};
  found.number = static_cast<std::uint16_t>(bits & (stamp::numbers - 1U));
  return found;
}

std::string stamped_text(std::size_t size) {
  std::string text = "@000000000000000";
  while (text.size() < size) text += static_cast<char>('a' + text.size() % 26);
  return text;
}

void sequence::write(char* to, std::uint32_t number) noexcept {
  for (std::size_t i = size; i-- > 0; number /= 10) to[i] = static_cast<char>('0' + number % 10);
}

std::optional<std::uint32_t> find_sequence(std::string_view text) noexcept {
  const auto at = text.find('@');
  if (at == std::string_view::npos || text.size() - at < stamp::size + sequence::size) return {};
  const auto* const digits = text.data() + at + stamp::size;
  std::uint32_t number = 0;
  const auto parsed = std::from_chars(digits, digits + sequence::size, number);
  if (parsed.ec != std::errc{} || parsed.ptr != digits + sequence::size) return {};
  return number;
}

std::string sequenced_text(std::size_t size) {
  auto text = stamped_text(std::max(size, stamp::size + sequence::size));
  text.replace(stamp::size, sequence::size, sequence::size, '#');
  return text;
}

outgoing::outgoing(std::string_view text, std::optional<mask_key> key) {
  stamp_at_ = text.find('@');
  fill_at_ = text.find('#');
  if (fill_at_ != std::string::npos) places_ = std::min(text.find_first_not_of('#', fill_at_), text.size()) - fill_at_;
  if (key) {
    key_ = *key;
    start_ = header_size(text.size());
    bytes_ = masked_frame(opcode::text, text, key_);
  } else {
    bytes_ = text;
  }
}

void outgoing::fill(std::uint32_t number) noexcept {
  if (fill_at_ == std::string::npos) return;
  std::array<char, 10> digits{};
  const auto places = places_ < digits.size() ? places_ : digits.size();
  for (std::size_t i = places; i-- > 0; number /= 10) digits[i] = static_cast<char>('0' + number % 10);
  put(fill_at_, {digits.data(), places});
}

void outgoing::set(const stamp& s) noexcept {
  if (stamp_at_ == std::string::npos) return;
  std::array<char, stamp::size> text;
  s.write(text.data());
  put(stamp_at_, {text.data(), text.size()});
}

void outgoing::put(std::size_t offset, std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i)
    bytes_[start_ + offset + i] = static_cast<char>(text[i] ^ key_[(offset + i) % 4]);
}

}  // namespace encke::load
