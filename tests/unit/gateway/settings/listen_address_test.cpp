// SPDX-License-Identifier: MIT
// Addresses to listen on, as text and back.
#include "gateway/settings/listen_address.hpp"

#include <gtest/gtest.h>

namespace encke::gateway {
namespace {

std::optional<listen_address> address_of(std::string_view text) {
  std::string why;
  const auto value = parse_address(text, why);
  EXPECT_EQ(value.has_value(), why.empty()) << text;
  return value;
}

TEST(listen_address, reads_addresses) {
  EXPECT_EQ(address_of("0.0.0.0:8080"), (listen_address{"0.0.0.0", 8080}));
  EXPECT_EQ(address_of("127.0.0.1:0"), (listen_address{"127.0.0.1", 0}));
  EXPECT_EQ(address_of("[::1]:65535"), (listen_address{"::1", 65535}));
  for (const std::string host : {"localhost", "push.example.com", "a-b_c.example.", "4.in-addr"})
    EXPECT_EQ(address_of(host + ":1"), (listen_address{host, 1}));
  EXPECT_TRUE(address_of("")->is_off());
  for (const auto* text : {"0.0.0.0:8080", "[::1]:80", ""}) EXPECT_EQ(format_address(*address_of(text)), text);
}

TEST(listen_address, refuses_addresses_that_are_none) {
  for (const auto* text : {":8080",           "8080",         "127.0.0.1",    "127.0.0.1:",
                           "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:1x", "256.0.0.1:1",
                           "10.1:80",         "1:80",         "a..b:80",      "-a:80",
                           "a-:80",           "a b:80",       "http://a:80",  "[example.com]:80",
                           "[127.0.0.1]:80",  "[::1:80",      "[]:80",        "[::1]",
                           " ::1:80"})
    EXPECT_FALSE(address_of(text)) << text;
}

TEST(listen_address, tells_that_ipv6_needs_brackets) {
  std::string why;
  EXPECT_FALSE(parse_address("::1:80", why));
  EXPECT_EQ(why, R"("::1:80" needs brackets: write "[::1]:80")");
}

TEST(listen_address, knows_addresses_of_this_machine) {
  for (const auto* text :
       {"127.0.0.1:1", "127.8.8.8:1", "[::1]:1", "localhost:1", "LOCALHOST:1", "[::ffff:127.0.0.1]:1"})
    EXPECT_TRUE(is_loopback(*address_of(text))) << text;
  for (const auto* text :
       {"0.0.0.0:1", "10.0.0.1:1", "localhost.example.com:1", "[::]:1", "[::ffff:10.0.0.1]:1", "128.0.0.1:1"})
    EXPECT_FALSE(is_loopback(*address_of(text))) << text;
}

}  // namespace
}  // namespace encke::gateway
