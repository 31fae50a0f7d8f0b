// SPDX-License-Identifier: MIT
// Durations and sizes.
#include "gateway/text/units.hpp"

#include <gtest/gtest.h>

namespace encke::gateway {
namespace {

using namespace std::chrono_literals;

std::optional<std::chrono::milliseconds> time_of(std::string_view text) {
  std::string why;
  const auto value = parse_duration(text, why);
  EXPECT_EQ(value.has_value(), why.empty()) << text;
  return value;
}

std::optional<std::size_t> bytes_of(std::string_view text) {
  std::string why;
  const auto value = parse_size(text, why);
  EXPECT_EQ(value.has_value(), why.empty()) << text;
  return value;
}

TEST(units, reads_durations_with_a_unit) {
  EXPECT_EQ(time_of("500ms"), 500ms);
  EXPECT_EQ(time_of("10s"), 10s);
  EXPECT_EQ(time_of("5m"), 5min);
  EXPECT_EQ(time_of("1h"), 1h);
  EXPECT_EQ(time_of("0s"), 0s);
  EXPECT_EQ(time_of("10 s"), 10s);
}

TEST(units, refuses_durations_that_are_none) {
  for (const auto* text : {"", "s", "-1s", "+1s", "1.5s", "1d", "1S", "1s ", " 1s", "1  s", "ten", "1s1", "0x1s"})
    EXPECT_FALSE(time_of(text)) << text;
}

TEST(units, tells_how_to_write_a_duration_without_unit) {
  std::string why;
  EXPECT_FALSE(parse_duration("25", why));
  EXPECT_EQ(why, R"("25" has no unit: write "25s" or "25ms" (units: ms, s, m, h))");
}

TEST(units, refuses_durations_past_the_range) {
  EXPECT_EQ(time_of("9223372036854775807ms"), std::chrono::milliseconds{INT64_MAX});
  EXPECT_FALSE(time_of("9223372036854775808ms"));
  EXPECT_FALSE(time_of("9223372036854775807s"));
  EXPECT_FALSE(time_of("99999999999999999999999s"));
}

TEST(units, shows_durations_with_the_largest_unit) {
  EXPECT_EQ(format_duration(0ms), "0s");
  EXPECT_EQ(format_duration(1500ms), "1500ms");
  EXPECT_EQ(format_duration(25s), "25s");
  EXPECT_EQ(format_duration(90s), "90s");
  EXPECT_EQ(format_duration(120s), "2m");
  EXPECT_EQ(format_duration(24h), "24h");
  for (const auto value : {0ms, 1ms, 999ms, 61'000ms, 3'600'000ms}) EXPECT_EQ(time_of(format_duration(value)), value);
}

TEST(units, reads_sizes_of_both_families) {
  EXPECT_EQ(bytes_of("1000000"), 1'000'000u);
  EXPECT_EQ(bytes_of("0"), 0u);
  EXPECT_EQ(bytes_of("7B"), 7u);
  EXPECT_EQ(bytes_of("1KB"), 1000u);
  EXPECT_EQ(bytes_of("64KiB"), 65536u);
  EXPECT_EQ(bytes_of("1MB"), 1'000'000u);
  EXPECT_EQ(bytes_of("1MiB"), 1'048'576u);
  EXPECT_EQ(bytes_of("2GB"), 2'000'000'000u);
  EXPECT_EQ(bytes_of("2GiB"), 2'147'483'648u);
  EXPECT_EQ(bytes_of("64 kib"), 65536u);
}

TEST(units, refuses_sizes_that_are_none) {
  for (const auto* text : {"", "MB", "-1", "1.5MB", "1M", "1TB", "1MB ", " 1MB", "1 MB x", "0x10"})
    EXPECT_FALSE(bytes_of(text)) << text;
  EXPECT_FALSE(bytes_of("9223372036854775808"));
  EXPECT_FALSE(bytes_of("9223372036854775807KB"));
  EXPECT_FALSE(bytes_of("99999999999999999999999"));
}

TEST(units, shows_sizes_so_that_they_read_back) {
  EXPECT_EQ(format_size(0), "0B");
  EXPECT_EQ(format_size(1'000'000), "1MB");
  EXPECT_EQ(format_size(16'384), "16KiB");
  EXPECT_EQ(format_size(1'048'577), "1048577B");
  for (const std::size_t value : {0u, 1u, 1000u, 1024u, 1'000'000u, 1'048'576u, 1'234'567u})
    EXPECT_EQ(bytes_of(format_size(value)), value);
}

}  // namespace
}  // namespace encke::gateway
