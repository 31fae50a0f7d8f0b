// SPDX-License-Identifier: MIT
#include <chrono>
#include <cstdlib>
#include <messagepack/date.hpp>

namespace encke::messagepack {

namespace {

void append_digits(std::string& out, std::int64_t value, std::size_t width) {
  const auto digits = std::to_string(value);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

}  // namespace

void append_date(std::string& out, std::int64_t milliseconds) {
  using namespace std::chrono;
  constexpr std::int64_t farthest = 8'640'000'000'000'000;  // ECMA-262 21.4.1.1
  if (milliseconds < -farthest || milliseconds > farthest) {
    out += "null";
    return;
  }
  constexpr std::int64_t day = 86'400'000, cycle = 146'097;  // the calendar repeats after 400 years of so many days
  const auto floor_of = [](std::int64_t value, std::int64_t by) { return value / by - (value % by < 0 ? 1 : 0); };
  const auto days_since = floor_of(milliseconds, day);
  const auto cycles = floor_of(days_since, cycle);
  const year_month_day date{sys_days{days{days_since - cycles * cycle}}};
  const auto year = static_cast<int>(date.year()) + 400 * cycles;
  const auto time = milliseconds - days_since * day;

  out += '"';
  if (year >= 0 && year <= 9999) {
    append_digits(out, year, 4);
  } else {
    out += year < 0 ? '-' : '+';
    append_digits(out, std::abs(year), 6);
  }
  out += '-';
  append_digits(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  append_digits(out, time / 3'600'000, 2);
  out += ':';
  append_digits(out, time / 60'000 % 60, 2);
  out += ':';
  append_digits(out, time / 1000 % 60, 2);
  out += '.';
  append_digits(out, time % 1000, 3);
  out += "Z\"";
}

}  // namespace encke::messagepack
