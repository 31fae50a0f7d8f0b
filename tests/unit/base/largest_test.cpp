// SPDX-License-Identifier: MIT
#include <encke/largest.hpp>

#include <gtest/gtest.h>

#include <functional>

namespace encke::test {
namespace {

TEST(largest, keeps_the_first_few_in_their_order) {
  largest<int, std::greater<>> few{3};
  for (const int one : {5, 1, 9, 7, 3, 8}) few.add(one);
  EXPECT_EQ(few.take(), (std::vector{9, 8, 7}));
  EXPECT_TRUE(few.take().empty());
}

TEST(largest, of_fewer_than_wanted_are_all) {
  largest<int, std::less<>> few{10};
  for (const int one : {2, 1}) few.add(one);
  EXPECT_EQ(few.take(), (std::vector{1, 2}));
}

TEST(largest, says_beforehand_what_it_wants) {
  largest<int, std::greater<>> few{2};
  EXPECT_TRUE(few.wants(1));
  for (const int one : {5, 7}) few.add(one);
  EXPECT_TRUE(few.wants(6));
  EXPECT_FALSE(few.wants(5));
  EXPECT_FALSE((largest<int, std::greater<>>{0}.wants(5)));
}

TEST(largest, of_none_is_nothing) {
  largest<int, std::less<>> none{0};
  none.add(1);
  EXPECT_TRUE(none.take().empty());
}

}  // namespace
}  // namespace encke::test
