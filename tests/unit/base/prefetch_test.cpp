// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <base/prefetch.hpp>
#include <utility>
#include <vector>

namespace encke {
namespace {

TEST(look_ahead, asks_for_every_entry_step_by_step_before_it_is_used) {
  constexpr std::size_t count = 7;
  constexpr unsigned steps = 3;
  std::vector<unsigned> next_step(count, 0);
  for (std::size_t i = 0; i < count; ++i) {
    if (i >= steps) {
      EXPECT_EQ(next_step[i], steps) << i;
    }
    look_ahead(i, count, steps, [&](std::size_t ahead, unsigned step) {
      ASSERT_LT(ahead, count);
      ASSERT_GT(ahead, i);
      // Those at the beginning are too near for the first steps.
      if (ahead >= steps) {
        EXPECT_EQ(step, next_step[ahead]) << ahead;
      }
      next_step[ahead] = step + 1;
    });
  }
}

TEST(look_ahead, asks_for_nothing_behind_the_end) {
  look_ahead(0, 1, 5, [](std::size_t, unsigned) { FAIL(); });
  look_ahead(4, 5, 5, [](std::size_t, unsigned) { FAIL(); });
}

}  // namespace
}  // namespace encke
