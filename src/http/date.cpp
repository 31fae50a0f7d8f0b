// SPDX-License-Identifier: MIT
#include "http/date.hpp"

#include <algorithm>

namespace encke::http {

namespace {

constexpr std::string_view days = "SunMonTueWedThuFriSat";
constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";

char* put(char* to, std::string_view text) {
  return std::ranges::copy(text, to).out;
}

// `digits` places, with zeros in front.
char* put(char* to, unsigned number, int digits) {
  for (auto* at = to + digits; at != to; number /= 10) *--at = static_cast<char>('0' + number % 10);
  return to + digits;
}

}  // namespace

date_text date_of(std::chrono::sys_seconds when) noexcept {
  const auto midnight = std::chrono::floor<std::chrono::days>(when);
  const std::chrono::year_month_day day{midnight};
  const std::chrono::hh_mm_ss time{when - midnight};
  date_text text;
  auto* to = put(text.data(), days.substr(std::chrono::weekday{midnight}.c_encoding() * 3, 3));
  to = put(put(to, ", "), static_cast<unsigned>(day.day()), 2);
  to = put(put(to, " "), months.substr((static_cast<unsigned>(day.month()) - 1) * 3, 3));
  to = put(put(to, " "), static_cast<unsigned>(static_cast<int>(day.year())), 4);
  to = put(put(to, " "), static_cast<unsigned>(time.hours().count()), 2);
  to = put(put(to, ":"), static_cast<unsigned>(time.minutes().count()), 2);
  to = put(put(to, ":"), static_cast<unsigned>(time.seconds().count()), 2);
  put(to, " GMT");
  return text;
}

void date_clock::renew(std::chrono::steady_clock::time_point now) noexcept {
  const auto wall = std::chrono::system_clock::now();
  const auto second = std::chrono::floor<std::chrono::seconds>(wall);
  text_ = date_of(second);
  good_until_ = now + (second + std::chrono::seconds{1} - wall);
}

}  // namespace encke::http
