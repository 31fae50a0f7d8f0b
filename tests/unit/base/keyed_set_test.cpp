// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>

#include <base/keyed_set.hpp>
#include <memory>
#include <string>
#include <vector>

#include "support/ledger_check.hpp"
#include "support/prepared_names.hpp"

namespace encke::test {
namespace {

struct thing {
  std::string name;
  [[nodiscard]] std::string_view key() const { return name; }
};
using things = keyed_set<std::unique_ptr<thing>, &thing::key, ledger::purpose::room>;

TEST(keyed_set, finds_and_gives_back_what_it_owns) {
  const ledger_check nothing_left;
  things all;
  for (int i = 0; i < 1000; ++i) all.insert(std::make_unique<thing>(std::to_string(i)));
  EXPECT_EQ(all.size(), 1000U);
  ASSERT_TRUE(all.find("700"));
  EXPECT_EQ(all.find("700")->name, "700");
  EXPECT_EQ(all.find("1000"), nullptr);

  EXPECT_EQ(all.take("700")->name, "700");
  EXPECT_EQ(all.find("700"), nullptr);
  EXPECT_EQ(all.take("700"), nullptr);
  EXPECT_EQ(all.size(), 999U);
}

TEST(keyed_set, holds_no_memory_when_it_is_empty_again) {
  const ledger_check nothing_left;
  static things all;  // lives on, so what it holds would show
  for (int i = 0; i < 100; ++i) all.insert(std::make_unique<thing>(std::to_string(i)));
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(all.take(std::to_string(i)));
  EXPECT_TRUE(all.empty());
}

TEST(keyed_set, shows_each_once_until_it_is_told_to_stop) {
  thing a{"a"}, b{"b"}, c{"c"};
  keyed_set<thing*, &thing::key, ledger::purpose::room> all;
  for (auto* one : {&a, &b, &c}) all.insert(one);
  std::string seen;
  all.visit_while([&](const thing& one) {
    seen += one.name;
    return true;
  });
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(seen, "abc");
  int visits = 0;
  all.visit_while([&](const thing&) { return ++visits < 2; });
  EXPECT_EQ(visits, 2);
}

struct watched {
  std::string name;
  mutable std::size_t looks = 0;
  [[nodiscard]] std::string_view key() const {
    ++looks;
    return name;
  }
};

TEST(keyed_set, looks_at_few_whatever_clients_call_them) {
  std::vector<watched> rooms;
  for (auto& name : prepared_names(2000)) rooms.push_back({std::move(name)});
  keyed_set<watched*, &watched::key, ledger::purpose::room> all;
  for (auto& one : rooms) all.insert(&one);
  for (auto& one : rooms) EXPECT_EQ(all.find(one.name), &one);
  for (auto& one : rooms) EXPECT_EQ(all.take(one.name), &one);
  std::size_t looks = 0;
  for (const auto& one : rooms) looks += one.looks;
  EXPECT_LT(looks, 20 * rooms.size());
}

}  // namespace
}  // namespace encke::test
