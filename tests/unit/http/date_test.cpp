// SPDX-License-Identifier: MIT
// Dates of answers, and that they are made once a second.
#include "http/date.hpp"

#include <gtest/gtest.h>

#include <string>

namespace encke::http {
namespace {

using namespace std::chrono_literals;

std::string text_of(std::chrono::sys_seconds when) {
  const auto text = date_of(when);
  return {text.begin(), text.end()};
}

TEST(date, is_written_as_the_rfc_shows_it) {
  EXPECT_EQ(text_of(std::chrono::sys_seconds{784111777s}), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(text_of(std::chrono::sys_seconds{0s}), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(text_of(std::chrono::sys_seconds{1709251199s}), "Thu, 29 Feb 2024 23:59:59 GMT");
  EXPECT_EQ(text_of(std::chrono::sys_seconds{4102444800s}), "Fri, 01 Jan 2100 00:00:00 GMT");
}

TEST(date, stays_for_a_second_at_most) {
  date_clock clock;
  const auto now = std::chrono::steady_clock::now();
  const auto* const text = clock.at(now).data();
  EXPECT_EQ(clock.at(now).size(), 29U);
  EXPECT_EQ(clock.at(now + 1s).data(), text);  // the same memory, whatever is in it
}

TEST(date, is_that_of_the_wall_clock) {
  date_clock clock;
  const auto before = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const std::string said{clock.at(std::chrono::steady_clock::now())};
  const auto after = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  EXPECT_TRUE(said == text_of(before) || said == text_of(after)) << said;
}

}  // namespace
}  // namespace encke::http
