// SPDX-License-Identifier: MIT
// Rules for slow clients and the limit for memory, as they are written in settings.
#include "gateway/settings/slow.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace encke::gateway {
namespace {

using namespace std::chrono_literals;

loaded_config load(std::string_view text, environment variables = {}) {
  config_sources sources;
  sources.file = "t.toml";
  sources.file_text = std::string{text} + "\n[auth]\nenabled = false\n";
  sources.environment = std::move(variables);
  return load_config(sources);
}

std::vector<std::string> faults_of(std::string_view text) {
  std::vector<std::string> all;
  for (const auto& one : load(text).faults) all.push_back(to_string(one));
  return all;
}

TEST(slow_settings, are_tables_in_their_order) {
  const auto loaded = load(R"(
[limits]
outbox_age = "1m"
[[limits.slow]]
event = "price"
room = "ticker:*"
policy = "latest"
key = "quote.symbol"
bytes = "64KiB"
messages = 100
age = "5s"
[[limits.slow]]
namespace = "/chat"
policy = "drop_newest"
)");
  ASSERT_THAT(loaded.faults, testing::IsEmpty());
  const auto& rules = loaded.settings.limits.slow;
  EXPECT_EQ(loaded.settings.limits.outbox_age, 60s);
  ASSERT_EQ(rules.size(), 2U);
  EXPECT_EQ(rules[0].nsp, "*");
  EXPECT_EQ(rules[0].event, "price");
  EXPECT_EQ(rules[0].room, "ticker:*");
  EXPECT_EQ(rules[0].policy, overflow::latest);
  EXPECT_EQ(rules[0].key, "quote.symbol");
  EXPECT_EQ(rules[0].bytes, 64U * 1024);
  EXPECT_EQ(rules[0].messages, 100U);
  EXPECT_EQ(rules[0].age, 5s);
  EXPECT_EQ(rules[1].nsp, "/chat");
  EXPECT_EQ(rules[1].policy, overflow::drop_newest);
}

TEST(slow_settings, may_come_from_a_variable_and_are_shown_as_they_are_read) {
  const std::string written =
      R"([{event = "price", policy = "latest", key = "symbol", age = "5s"}, {policy = "drop_oldest", bytes = "1KiB"}])";
  const auto loaded = load("", {{"ENCKE_LIMITS_SLOW", written}});
  ASSERT_THAT(loaded.faults, testing::IsEmpty());
  EXPECT_EQ(find_setting("limits", "slow")->show(loaded.settings), written);
}

TEST(slow_settings, say_what_is_wrong_with_which_rule) {
  EXPECT_THAT(faults_of("[limits]\nslow = [{event = \"a\"}]"),
              testing::ElementsAre("t.toml:2: limits.slow: item 1: has no `policy`"));
  EXPECT_THAT(faults_of("[limits]\nslow = [{policy = \"close\"}, {policy = \"close\", evnt = \"a\"}]"),
              testing::ElementsAre("t.toml:2: limits.slow: item 2: `evnt`: is unknown, did you mean `event`?"));
  EXPECT_THAT(faults_of("[limits]\nslow = [{policy = \"close\", key = \"a\"}]"),
              testing::ElementsAre("t.toml:2: limits.slow: item 1: `key`: only \"latest\" has one"));
  EXPECT_THAT(faults_of("[limits]\nslow = [{policy = \"latest\", age = 5}]"),
              testing::ElementsAre(testing::StartsWith("t.toml:2: limits.slow: item 1: `age`: 5 has no unit")));
  EXPECT_THAT(faults_of("[limits]\nslow = [1]"),
              testing::ElementsAre("t.toml:2: limits.slow: item 1: expected a table, got a whole number"));
  EXPECT_THAT(faults_of("[limits]\nslow = \"latest\""),
              testing::ElementsAre("t.toml:2: limits.slow: expected a list of tables, got a text"));
}

TEST(memory_settings, are_a_size_or_a_share) {
  EXPECT_EQ(load("[memory]\nlimit = \"256MB\"").settings.memory.limit, (memory_bound{.bytes = 256'000'000}));
  EXPECT_EQ(load("[memory]\nlimit = \"80%\"").settings.memory.limit, (memory_bound{.percent = 80}));
  EXPECT_EQ(load("[memory]\nlimit = 0").settings.memory.limit, memory_bound{});
  EXPECT_EQ(load("", {{"ENCKE_MEMORY_LIMIT", "75%"}}).settings.memory.limit, (memory_bound{.percent = 75}));
  EXPECT_THAT(faults_of("[memory]\nlimit = \"120%\""),
              testing::ElementsAre("t.toml:2: memory.limit: expected 1% to 100%, got \"120%\""));
  EXPECT_THAT(faults_of("[memory]\nlimit = \"1MB\""),
              testing::ElementsAre("t.toml:2: memory.limit: must be 0, or between 16MiB and 1024GiB, not 1MB"));
  EXPECT_THAT(faults_of("[memory]\nlimit = true"),
              testing::ElementsAre(
                  "t.toml:2: memory.limit: expected a size such as \"512MiB\", or \"80%\", got true or false"));
}

}  // namespace
}  // namespace encke::gateway
