// SPDX-License-Identifier: MIT
// Who may call.
#include "gateway/api/access.hpp"

#include <gtest/gtest.h>

namespace encke::gateway {
namespace {

TEST(access, takes_the_key_out_of_a_header) {
  EXPECT_EQ(bearer_of("Bearer abc"), "abc");
  EXPECT_EQ(bearer_of("bearer   abc "), "abc");
  for (const auto* text : {"", "Bearer", "Bearer ", "Bearer   ", "Basic abc", "Bearerabc", "abc"})
    EXPECT_EQ(bearer_of(text), "") << text;
}

}  // namespace
}  // namespace encke::gateway
