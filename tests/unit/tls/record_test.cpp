// SPDX-License-Identifier: MIT
// Record boundaries and announced message sizes, on bytes written out by hand.
#include "tls/record.hpp"

#include <gtest/gtest.h>

#include <string>

namespace encke::tls {
namespace {

using namespace std::string_literals;

TEST(tls_record, ends_where_its_header_says) {
  const auto record =
      "\x17\x03\x03\x00\x03"
      "abc"s;
  for (std::size_t cut = 0; cut < record.size(); ++cut) EXPECT_EQ(first_record(record.substr(0, cut)), 0U);
  EXPECT_EQ(first_record(record), 8U);
  EXPECT_EQ(first_record(record + "\x17"), 8U);
  EXPECT_EQ(first_record("\x15\x03\x03\x00\x00"s), 5U);
}

TEST(tls_record, a_header_that_cannot_be_right_is_passed_on_alone) {
  EXPECT_EQ(first_record("GET / HTTP/1.1"), 5U);
  EXPECT_EQ(first_record("\x13\x03\x03\x00\x01"s), 5U);
  EXPECT_EQ(first_record("\x18\x03\x03\x00\x01"s), 5U);
  EXPECT_EQ(first_record("\x17\x03\x03\x48\x01"s), 5U);
  EXPECT_EQ(first_record("\x17\x03\x03\x48\x00"s), 0U);
  EXPECT_EQ(first_record("\x17\x03\x03\xFF\xFF"s), 5U);
}

TEST(hello_guard, lets_messages_up_to_the_limit_pass_however_they_are_cut) {
  const auto messages =
      "\x01\x00\x3F\xFC"s + std::string(16380, 'x') + "\x01\x00\x00\x00"s + "\x01\x00\x00\x02"s + "ab"s;
  hello_guard whole;
  EXPECT_TRUE(whole.feed(messages));
  EXPECT_EQ(whole.announced(), 16382U);
  hello_guard single;
  for (char c : messages) EXPECT_TRUE(single.feed({&c, 1}));
  EXPECT_EQ(single.announced(), 16382U);
}

TEST(hello_guard, refuses_an_announcement_past_the_limit) {
  hello_guard one;
  EXPECT_TRUE(one.feed("\x01\x00\x3F"s));
  EXPECT_FALSE(one.feed("\xFD"));
  hello_guard second;
  EXPECT_FALSE(
      second.feed("\x01\x00\x00\x01"
                  "a\x01\x01\x00\x00"s));
}

}  // namespace
}  // namespace encke::tls
