// SPDX-License-Identifier: MIT
// When freed memory goes back to the system.
#include <net/trim_rule.hpp>

#include <gtest/gtest.h>

namespace encke::net {
namespace {

using std::chrono::seconds;
constexpr std::int64_t mib = 1024 * 1024;
constexpr trim_rule::time_point start{seconds{1000}};

TEST(trim_rule, leaves_a_growing_server_alone) {
  trim_rule rule;
  EXPECT_FALSE(rule.on_look(10 * mib, 0, start));
  EXPECT_FALSE(rule.on_look(30 * mib, 20 * mib, start + seconds{60}));
}

TEST(trim_rule, gives_back_when_most_clients_are_gone) {
  trim_rule rule;
  EXPECT_FALSE(rule.on_look(10 * mib, 0, start));
  EXPECT_FALSE(rule.on_look(14 * mib, 4 * mib, start + seconds{1}));
  EXPECT_TRUE(rule.on_look(14 * mib, 1 * mib, start + seconds{2}));
}

TEST(trim_rule, is_content_with_what_cannot_be_given_back) {
  trim_rule rule;
  EXPECT_FALSE(rule.on_look(10 * mib, 0, start));
  EXPECT_TRUE(rule.on_look(14 * mib, 0, start + seconds{1}));
  rule.on_trimmed(13 * mib, 0, start + seconds{1});
  EXPECT_FALSE(rule.on_look(13 * mib, 0, start + seconds{2}));
  EXPECT_TRUE(rule.on_look(13 * mib, 0, start + seconds{1} + trim_rule::settling)) << "once more";
  rule.on_trimmed(13 * mib, 0, start + seconds{12});
  EXPECT_FALSE(rule.on_look(13 * mib, 0, start + seconds{13}));
  EXPECT_FALSE(rule.on_look(13 * mib, 0, start + seconds{100}));
}

TEST(trim_rule, comes_back_when_the_last_have_left) {
  trim_rule rule;
  EXPECT_FALSE(rule.on_look(10 * mib, 0, start));
  rule.on_trimmed(12 * mib, 300 * 1024, start + seconds{1});
  EXPECT_FALSE(rule.on_look(12 * mib, 200 * 1024, start + seconds{2}));
  EXPECT_TRUE(rule.on_look(12 * mib, 0, start + seconds{3}));
  rule.on_trimmed(10 * mib, 0, start + seconds{3});
  EXPECT_FALSE(rule.on_look(10 * mib, 0, start + seconds{4}));
}

TEST(trim_rule, waits_for_a_busy_server) {
  trim_rule rule;
  EXPECT_FALSE(rule.on_look(10 * mib, 4 * mib, start));
  EXPECT_FALSE(rule.on_look(12 * mib, 4 * mib, start + seconds{1}));
  EXPECT_TRUE(rule.on_look(12 * mib, 4 * mib, start + trim_rule::pause));
}

}  // namespace
}  // namespace encke::net
