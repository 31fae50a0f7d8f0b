// SPDX-License-Identifier: MIT
// When which step of shedding begins and ends.
#include <net/shed_rule.hpp>

#include <gtest/gtest.h>

namespace encke::net {
namespace {

TEST(shed_rule, steps_begin_in_their_order) {
  shed_rule rule{1000};
  EXPECT_EQ(rule.on_look(799), shedding::none);
  EXPECT_EQ(rule.on_look(800), shedding::caches);
  EXPECT_EQ(rule.on_look(830), shedding::unjoined);
  EXPECT_EQ(rule.on_look(850), shedding::handshakes);
  EXPECT_EQ(rule.on_look(900), shedding::lossy);
  EXPECT_EQ(rule.on_look(930), shedding::slowest);
  EXPECT_EQ(rule.on_look(5000), shedding::slowest);
}

TEST(shed_rule, a_leap_takes_all_steps_at_once) {
  shed_rule rule{1000};
  EXPECT_EQ(rule.on_look(940), shedding::slowest);
  EXPECT_EQ(rule.on_look(0), shedding::none);
}

TEST(shed_rule, a_step_ends_some_way_below_where_it_began) {
  shed_rule rule{1000};
  EXPECT_EQ(rule.on_look(930), shedding::slowest);
  EXPECT_EQ(rule.on_look(880), shedding::slowest);
  EXPECT_EQ(rule.on_look(879), shedding::lossy);
  EXPECT_EQ(rule.on_look(929), shedding::lossy);
  EXPECT_EQ(rule.on_look(849), shedding::handshakes);
  EXPECT_EQ(rule.on_look(799), shedding::unjoined);
  EXPECT_EQ(rule.on_look(779), shedding::caches);
  EXPECT_EQ(rule.on_look(750), shedding::caches);
  EXPECT_EQ(rule.on_look(749), shedding::none);
}

TEST(shed_rule, knows_how_much_is_too_much) {
  const shed_rule rule{1000};
  EXPECT_EQ(rule.excess(880, shedding::slowest), 0U);
  EXPECT_EQ(rule.excess(950, shedding::slowest), 70U);
  EXPECT_EQ(rule.excess(830, shedding::unjoined), 50U);
}

}  // namespace
}  // namespace encke::net
