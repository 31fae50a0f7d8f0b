// SPDX-License-Identifier: MIT
#include "gateway/top/text.hpp"

#include <fmt/format.h>

#include <cmath>

#include "gateway/text/unicode.hpp"

namespace encke::gateway {

namespace {

struct range {
  char32_t first, last;
};

constexpr range without_width[] = {{0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},
                                   {0x64b, 0x65f},   {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
                                   {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};
// East Asian and emoji.
constexpr range wide[] = {{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},   {0xac00, 0xd7a3},
                          {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
                          {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x1fa70, 0x1faff},
                          {0x20000, 0x3fffd}};

template <std::size_t N>
bool is_in(const range (&ranges)[N], char32_t c) {
  for (const auto& [first, last] : ranges)
    if (c >= first && c <= last) return true;
  return false;
}

/// Takes one character off the front.
code_point take(std::string_view& text) {
  const auto first = first_of(text);
  text.remove_prefix(first.length);
  return first;
}

std::size_t width_of(char32_t c) {
  return is_in(without_width, c) ? 0 : is_in(wide, c) ? 2 : 1;
}

std::string three_digits(double value, std::string_view unit) {
  const auto size = std::abs(value);
  return fmt::format("{:.{}f} {}", value, size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2, unit);
}

}  // namespace

std::string harmless(std::string_view text, bool unicode) {
  std::string out;
  while (!text.empty()) {
    const auto before = text;
    const auto c = take(text);
    const bool is_good = c.is_valid && !is_invisible(c.value) && (unicode || c.value < 0x80);
    is_good ? out.append(before.substr(0, c.length)) : out.append("?");
  }
  return out;
}

std::size_t cells(std::string_view text) {
  std::size_t sum = 0;
  while (!text.empty()) sum += width_of(take(text).value);
  return sum;
}

std::string fit(std::string_view text, std::size_t width, bool right) {
  const auto taken = cells(text);
  if (taken <= width) {
    const std::string space(width - taken, ' ');
    return right ? space + std::string{text} : std::string{text} + space;
  }
  // A tilde says that there was more.
  std::size_t used = 0;
  auto rest = text;
  while (width != 0 && !rest.empty()) {
    auto after = rest;
    const auto next = width_of(take(after).value);
    if (used + next > width - 1) break;
    used += next;
    rest = after;
  }
  std::string out{text.substr(0, text.size() - rest.size())};
  if (width != 0) out += '~';
  return out.append(width - std::min(width, used + 1), ' ');
}

std::string show_bytes(double bytes) {
  constexpr std::string_view units[] = {"KiB", "MiB", "GiB", "TiB"};
  if (std::abs(bytes) < 1023.5) return fmt::format("{:.0f} B", bytes);
  std::size_t unit = 0;
  bytes /= 1024;
  for (; std::abs(bytes) >= 1023.5 && unit + 1 < std::size(units); ++unit) bytes /= 1024;
  return three_digits(bytes, units[unit]);
}

std::string show_change(double bytes) {
  if (std::abs(bytes) < 0.5) return "0";
  return bytes > 0 ? "+" + show_bytes(bytes) : show_bytes(bytes);
}

std::string show_count(std::int64_t count) {
  auto digits = fmt::format("{}", count);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > (count < 0 ? 1 : 0); at -= 3)
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  return digits;
}

std::string show_rate(double per_second) {
  if (std::abs(per_second) < 999.5) return fmt::format("{:.0f}", per_second);
  return std::abs(per_second) < 999.5e3 ? three_digits(per_second / 1e3, "k") : three_digits(per_second / 1e6, "M");
}

std::string show_percent(double ratio) {
  return fmt::format("{:.1f} %", ratio * 100);
}

std::string show_uptime(double seconds) {
  const auto s = static_cast<std::int64_t>(seconds);
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{} min {} s", s / 60, s % 60);
  if (s < 86400) return fmt::format("{} h {} min", s / 3600, s % 3600 / 60);
  return fmt::format("{} d {} h", s / 86400, s % 86400 / 3600);
}

std::string show_wait(std::int64_t milliseconds) {
  if (milliseconds < 1000) return fmt::format("{} ms", milliseconds);
  if (milliseconds < 60000) return fmt::format("{:.1f} s", static_cast<double>(milliseconds) / 1000);
  return show_uptime(static_cast<double>(milliseconds) / 1000);
}

}  // namespace encke::gateway
