// SPDX-License-Identifier: MIT
// The nearest known name.
#include "gateway/text/nearest.hpp"

#include <gtest/gtest.h>

namespace encke::gateway {
namespace {

TEST(nearest, finds_the_nearest_name) {
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

TEST(nearest, finds_a_variable_and_a_flag_by_their_last_part) {
  const std::vector<std::string> names{"ENCKE_AUTH_SECRET", "--engine-cors-origins"};
  EXPECT_EQ(nearest("ENCKE_SECRET", names), "ENCKE_AUTH_SECRET");
  EXPECT_EQ(nearest("--cors-origins", names), "--engine-cors-origins");
}

}  // namespace
}  // namespace encke::gateway
