// SPDX-License-Identifier: MIT
// Durations, sizes, addresses and nearest names.
#include "gateway/config_units.hpp"

#include <gtest/gtest.h>

namespace encke::gateway {
namespace {

using namespace std::chrono_literals;

std::optional<milliseconds> time_of(std::string_view text) {
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

std::optional<listen_address> address_of(std::string_view text) {
  std::string why;
  const auto value = parse_address(text, why);
  EXPECT_EQ(value.has_value(), why.empty()) << text;
  return value;
}

TEST(config_units, reads_durations_with_a_unit) {
  EXPECT_EQ(time_of("500ms"), 500ms);
  EXPECT_EQ(time_of("10s"), 10s);
  EXPECT_EQ(time_of("5m"), 5min);
  EXPECT_EQ(time_of("1h"), 1h);
  EXPECT_EQ(time_of("0s"), 0s);
  EXPECT_EQ(time_of("10 s"), 10s);
}

TEST(config_units, refuses_durations_that_are_none) {
  for (const auto* text : {"", "s", "-1s", "+1s", "1.5s", "1d", "1S", "1s ", " 1s", "1  s", "ten", "1s1", "0x1s"})
    EXPECT_FALSE(time_of(text)) << text;
}

TEST(config_units, tells_how_to_write_a_duration_without_unit) {
  std::string why;
  EXPECT_FALSE(parse_duration("25", why));
  EXPECT_EQ(why, R"("25" has no unit: write "25s" or "25ms" (units: ms, s, m, h))");
}

TEST(config_units, refuses_durations_past_the_range) {
  EXPECT_EQ(time_of("9223372036854775807ms"), milliseconds{INT64_MAX});
  EXPECT_FALSE(time_of("9223372036854775808ms"));
  EXPECT_FALSE(time_of("9223372036854775807s"));
  EXPECT_FALSE(time_of("99999999999999999999999s"));
}

TEST(config_units, shows_durations_with_the_largest_unit) {
  EXPECT_EQ(format_duration(0ms), "0s");
  EXPECT_EQ(format_duration(1500ms), "1500ms");
  EXPECT_EQ(format_duration(25s), "25s");
  EXPECT_EQ(format_duration(90s), "90s");
  EXPECT_EQ(format_duration(120s), "2m");
  EXPECT_EQ(format_duration(24h), "24h");
  for (const auto value : {0ms, 1ms, 999ms, 61'000ms, 3'600'000ms}) EXPECT_EQ(time_of(format_duration(value)), value);
}

TEST(config_units, reads_sizes_of_both_families) {
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

TEST(config_units, refuses_sizes_that_are_none) {
  for (const auto* text : {"", "MB", "-1", "1.5MB", "1M", "1TB", "1MB ", " 1MB", "1 MB x", "0x10"})
    EXPECT_FALSE(bytes_of(text)) << text;
  EXPECT_FALSE(bytes_of("9223372036854775808"));
  EXPECT_FALSE(bytes_of("9223372036854775807KB"));
  EXPECT_FALSE(bytes_of("99999999999999999999999"));
}

TEST(config_units, shows_sizes_so_that_they_read_back) {
  EXPECT_EQ(format_size(0), "0B");
  EXPECT_EQ(format_size(1'000'000), "1MB");
  EXPECT_EQ(format_size(16'384), "16KiB");
  EXPECT_EQ(format_size(1'048'577), "1048577B");
  for (const std::size_t value : {0u, 1u, 1000u, 1024u, 1'000'000u, 1'048'576u, 1'234'567u})
    EXPECT_EQ(bytes_of(format_size(value)), value);
}

TEST(config_units, reads_addresses) {
  EXPECT_EQ(address_of("0.0.0.0:8080"), (listen_address{"0.0.0.0", 8080}));
  EXPECT_EQ(address_of("127.0.0.1:0"), (listen_address{"127.0.0.1", 0}));
  EXPECT_EQ(address_of("[::1]:65535"), (listen_address{"::1", 65535}));
  for (const std::string host : {"localhost", "push.example.com", "a-b_c.example.", "4.in-addr"})
    EXPECT_EQ(address_of(host + ":1"), (listen_address{host, 1}));
  EXPECT_TRUE(address_of("")->is_off());
  for (const auto* text : {"0.0.0.0:8080", "[::1]:80", ""}) EXPECT_EQ(format_address(*address_of(text)), text);
}

TEST(config_units, refuses_addresses_that_are_none) {
  for (const auto* text : {":8080",           "8080",         "127.0.0.1",    "127.0.0.1:",
                           "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:1x", "256.0.0.1:1",
                           "10.1:80",         "1:80",         "a..b:80",      "-a:80",
                           "a-:80",           "a b:80",       "http://a:80",  "[example.com]:80",
                           "[127.0.0.1]:80",  "[::1:80",      "[]:80",        "[::1]",
                           " ::1:80"})
    EXPECT_FALSE(address_of(text)) << text;
}

TEST(config_units, tells_that_ipv6_needs_brackets) {
  std::string why;
  EXPECT_FALSE(parse_address("::1:80", why));
  EXPECT_EQ(why, R"("::1:80" needs brackets: write "[::1]:80")");
}

TEST(config_units, knows_addresses_of_this_machine) {
  for (const auto* text :
       {"127.0.0.1:1", "127.8.8.8:1", "[::1]:1", "localhost:1", "LOCALHOST:1", "[::ffff:127.0.0.1]:1"})
    EXPECT_TRUE(is_loopback(*address_of(text))) << text;
  for (const auto* text :
       {"0.0.0.0:1", "10.0.0.1:1", "localhost.example.com:1", "[::]:1", "[::ffff:10.0.0.1]:1", "128.0.0.1:1"})
    EXPECT_FALSE(is_loopback(*address_of(text))) << text;
}

TEST(config_units, finds_the_nearest_name) {
  const std::vector<std::string> names{"ping_interval", "ping_timeout", "max_payload"};
  EXPECT_EQ(nearest("ping_intervall", names), "ping_interval");
  EXPECT_EQ(nearest("pign_timeout", names), "ping_timeout");
  EXPECT_EQ(nearest("payload", names), "max_payload");
  EXPECT_EQ(nearest("colour", names), "");
  EXPECT_EQ(nearest("", names), "");
  EXPECT_EQ(nearest(std::string(100'000, 'p'), names), "");
  EXPECT_EQ(did_you_mean("ping_intervall", names), ", did you mean `ping_interval`?");
  EXPECT_EQ(did_you_mean("colour", names), "");
}

TEST(config_units, finds_a_variable_and_a_flag_by_their_last_part) {
  const std::vector<std::string> names{"ENCKE_AUTH_SECRET", "--engine-cors-origins"};
  EXPECT_EQ(nearest("ENCKE_SECRET", names), "ENCKE_AUTH_SECRET");
  EXPECT_EQ(nearest("--cors-origins", names), "--engine-cors-origins");
}

TEST(config_units, quotes_values_in_one_short_line) {
  EXPECT_EQ(in_quotes("a\nb\"\\"), R"("a\u000Ab\"\\")");
  EXPECT_EQ(in_quotes(std::string(50, 'x')), "\"" + std::string(40, 'x') + "...\"");
}

}  // namespace
}  // namespace encke::gateway
