// SPDX-License-Identifier: MIT
// Values in quotes.
#include "gateway/text/quotes.hpp"

#include <gtest/gtest.h>

namespace encke::gateway {
namespace {

TEST(quotes, quotes_values_in_one_short_line) {
  EXPECT_EQ(in_quotes("a\nb\"\\"), R"("a\u000Ab\"\\")");
  EXPECT_EQ(in_quotes(std::string(50, 'x')), "\"" + std::string(40, 'x') + "...\"");
}

}  // namespace
}  // namespace encke::gateway
