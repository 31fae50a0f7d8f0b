// SPDX-License-Identifier: MIT
// Which rule for slow clients holds for an event, and what makes a later one take its place.
#include <hub/slow_labels.hpp>

#include <gtest/gtest.h>

#include <utility>

namespace encke::hub {
namespace {

TEST(matches, a_star_stands_for_any_text) {
  for (const auto& [pattern, text] : std::vector<std::pair<const char*, const char*>>{{"", ""},
                                                                                      {"*", ""},
                                                                                      {"*", "anything"},
                                                                                      {"price", "price"},
                                                                                      {"price:*", "price:"},
                                                                                      {"price:*", "price:eur"},
                                                                                      {"*:eur", "price:eur"},
                                                                                      {"a*b*c", "abc"},
                                                                                      {"a*b*c", "aXbYbZc"},
                                                                                      {"**", "x"},
                                                                                      {"*aab", "aaaab"}})
    EXPECT_TRUE(matches(pattern, text)) << pattern << " " << text;
  for (const auto& [pattern, text] : std::vector<std::pair<const char*, const char*>>{{"", "x"},
                                                                                      {"price", "prices"},
                                                                                      {"price", "pric"},
                                                                                      {"price:*", "price"},
                                                                                      {"*:eur", "price:usd"},
                                                                                      {"a*b*c", "acb"},
                                                                                      {"*a", "ab"}})
    EXPECT_FALSE(matches(pattern, text)) << pattern << " " << text;
}

arguments event(std::string_view name, const json& first) {
  arguments list;
  list.add_text(name);
  list.add(first);
  return list;
}

struct labels : testing::Test {
  slow_labels with{{{.nsp = "/chat", .event = "typing", .policy = overflow::drop_newest},
                    {.event = "price", .room = "ticker:*", .policy = overflow::latest, .key = "quote.symbol"},
                    {.event = "state", .policy = overflow::latest}},
                   true};
  std::string text;

  [[nodiscard]] std::string key_of(std::string_view name, std::vector<std::string> rooms, const json& first) {
    std::string key;
    const auto as = with.of("/", rooms, name, event(name, first), key);
    return std::string{as.key};
  }
  [[nodiscard]] unsigned rule_of(std::string_view nsp, std::string_view name, std::vector<std::string> rooms = {}) {
    std::string key;
    return with.of(nsp, rooms, name, event(name, nullptr), key).rule;
  }
};

TEST_F(labels, the_first_rule_that_matches_holds) {
  EXPECT_EQ(rule_of("/chat", "typing"), 2U);
  EXPECT_EQ(rule_of("/", "typing"), 1U);
  EXPECT_EQ(rule_of("/", "price", {"vip", "ticker:eur"}), 3U);
  EXPECT_EQ(rule_of("/", "price", {"vip"}), 1U);
  EXPECT_EQ(rule_of("/", "price"), 1U) << "sent to no room";
  EXPECT_EQ(rule_of("/", "state"), 4U);
}

TEST_F(labels, a_key_is_a_member_of_the_first_argument) {
  const std::vector<std::string> rooms{"ticker:a"};
  const auto eur = key_of("price", rooms, {{"quote", {{"symbol", "EUR"}, {"bid", 1}}}});
  EXPECT_FALSE(eur.empty());
  EXPECT_EQ(key_of("price", {"ticker:b"}, {{"quote", {{"symbol", "EUR"}, {"bid", 2}}}}), eur);
  EXPECT_NE(key_of("price", rooms, {{"quote", {{"symbol", "USD"}}}}), eur);
  EXPECT_NE(key_of("price", rooms, {{"quote", {{"symbol", 7}}}}),
            key_of("price", rooms, {{"quote", {{"symbol", "7"}}}}));
  EXPECT_EQ(key_of("price", rooms, {{"quote", 1}}), "");
  EXPECT_EQ(key_of("price", rooms, "text"), "");
  EXPECT_EQ(key_of("price", rooms, {{"quote", {{"symbol", std::string(300, 'x')}}}}), "") << "too long";
}

TEST_F(labels, without_a_member_it_is_event_and_rooms) {
  const auto first = key_of("state", {"a"}, 1);
  EXPECT_FALSE(first.empty());
  EXPECT_EQ(key_of("state", {"a"}, 2), first);
  EXPECT_NE(key_of("state", {"b"}, 2), first);
  EXPECT_NE(key_of("state", {}, 2), first);
}

TEST_F(labels, events_are_plain_without_rules_only) {
  EXPECT_FALSE(with.are_plain());
  EXPECT_TRUE((slow_labels{{}, true}).are_plain());
  EXPECT_FALSE((slow_labels{{}, false}).are_plain());
}

}  // namespace
}  // namespace encke::hub
