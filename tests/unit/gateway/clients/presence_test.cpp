// SPDX-License-Identifier: MIT
// Presence: counting, paging, and many threads at the same few users.
#include "gateway/clients/presence.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include "support/prepared_names.hpp"

namespace encke::gateway {
namespace {

class presence_test : public testing::Test {
 protected:
  void TearDown() override {
    online_.reset();
    EXPECT_EQ(ledger::snapshot().bytes(), before_.bytes());
    EXPECT_EQ(ledger::snapshot().objects(), before_.objects());
  }
  presence& online() { return *online_; }

  // All users, by pages of `limit`.
  std::vector<std::string> all(std::size_t limit) {
    std::vector<std::string> names;
    std::string cursor;
    do {
      auto page = online().list(limit, cursor);
      EXPECT_LE(page->users.size(), limit);
      for (auto& one : page->users) names.push_back(one.user);
      cursor = page->cursor;
    } while (!cursor.empty());
    return names;
  }

 private:
  ledger::totals before_ = ledger::snapshot();
  std::optional<presence> online_{std::in_place};
};

TEST_F(presence_test, tells_the_first_connection_and_the_last) {
  EXPECT_TRUE(online().connect("ann"));
  EXPECT_FALSE(online().connect("ann"));
  EXPECT_TRUE(online().connect("bob"));
  EXPECT_EQ(online().users(), 2U);
  EXPECT_EQ(online().connections(), 3U);
  EXPECT_EQ(online().connections_of("ann"), 2U);
  EXPECT_FALSE(online().disconnect("ann"));
  EXPECT_TRUE(online().disconnect("ann"));
  EXPECT_EQ(online().connections_of("ann"), 0U);
  EXPECT_EQ(online().users(), 1U);
}

TEST_F(presence_test, ignores_a_disconnect_of_somebody_who_is_not_online) {
  EXPECT_FALSE(online().disconnect("ann"));
  EXPECT_EQ(online().users(), 0U);
  EXPECT_EQ(online().connections(), 0U);
}

TEST_F(presence_test, charges_what_it_holds_and_gives_it_back_at_the_last_disconnect) {
  const auto before = ledger::snapshot()[ledger::purpose::presence].bytes;
  const std::string user(256, 'u');
  online().connect(user);
  EXPECT_GE(ledger::snapshot()[ledger::purpose::presence].bytes - before, 256);
  online().disconnect(user);
  EXPECT_EQ(ledger::snapshot()[ledger::purpose::presence].bytes, before);
}

TEST_F(presence_test, lists_everybody_once_whatever_the_size_of_a_page) {
  std::set<std::string> users;
  for (int i = 0; i < 500; ++i) users.insert("user " + std::to_string(i));
  for (const auto& user : users) online().connect(user);
  for (const std::size_t limit : {1U, 7U, 499U, 500U, 1000U}) {
    const auto names = all(limit);
    EXPECT_EQ(names.size(), 500U) << limit;
    EXPECT_EQ(std::set(names.begin(), names.end()), users) << limit;
  }
}

TEST_F(presence_test, gives_no_cursor_with_the_last_page) {
  EXPECT_EQ(online().list(10)->cursor, "");
  online().connect("ann");
  online().connect("bob");
  EXPECT_EQ(online().list(2)->cursor, "");
  EXPECT_NE(online().list(1)->cursor, "");
  EXPECT_EQ(online().list(0)->users.size(), 1U);
}

TEST_F(presence_test, refuses_a_cursor_that_it_did_not_give) {
  online().connect("ann");
  for (const auto* cursor : {"?", "A", "AAAA", "_____w", "ann", "QQ==="})
    EXPECT_FALSE(online().list(10, cursor)) << cursor;
}

TEST_F(presence_test, lists_those_who_stay_once_while_others_come_and_go) {
  for (int i = 0; i < 300; ++i) online().connect("stays " + std::to_string(i));
  for (int i = 0; i < 300; ++i) online().connect("goes " + std::to_string(i));
  std::map<std::string, int> seen;
  std::string cursor;
  int turn = 0;
  do {
    const auto page = online().list(10, cursor);
    for (const auto& one : page->users) ++seen[one.user];
    cursor = page->cursor;
    // Whoever the cursor names may be the one who leaves.
    if (!page->users.empty() && page->users.back().user.starts_with("goes"))
      online().disconnect(page->users.back().user);
    online().connect("comes " + std::to_string(turn++));
  } while (!cursor.empty() && turn < 1000);
  for (int i = 0; i < 300; ++i) EXPECT_EQ(seen["stays " + std::to_string(i)], 1) << i;
  for (const auto& [user, times] : seen) EXPECT_LE(times, 1) << user;
}

// Who is in one stripe is listed by name, so an order by name would mean that all of them share one lock.
TEST_F(presence_test, spreads_users_whatever_they_call_themselves) {
  for (const auto& name : test::prepared_names(500)) online().connect(name);
  const auto listed = all(1000);
  EXPECT_EQ(listed.size(), 500U);
  EXPECT_FALSE(std::ranges::is_sorted(listed));
  for (const auto& name : listed) online().disconnect(name);
}

TEST_F(presence_test, is_right_when_many_threads_connect_and_disconnect_the_same_users) {
  constexpr int threads = 6, rounds = 4000, users = 5;
  std::atomic<int> came[users] = {}, went[users] = {};
  {
    std::vector<std::jthread> all_threads;
    for (int t = 0; t < threads; ++t)
      all_threads.emplace_back([&, t] {
        for (int i = 0; i < rounds; ++i) {
          const int u = (i + t) % users;
          const auto user = "user with a name that is not short " + std::to_string(u);
          if (online().connect(user)) ++came[u];
          EXPECT_GE(online().connections_of(user), 1U);
          if (i % 64 == 0) (void)online().list(3);
          if (online().disconnect(user)) ++went[u];
        }
      });
  }
  for (int u = 0; u < users; ++u) {
    EXPECT_EQ(came[u], went[u]);
    EXPECT_GE(came[u], 1);
  }
  EXPECT_EQ(online().users(), 0U);
  EXPECT_EQ(online().connections(), 0U);
  EXPECT_TRUE(online().list(10)->users.empty());
}

TEST_F(presence_test, knows_who_has_the_most_connections) {
  EXPECT_TRUE(online().busiest(5).empty());
  for (int user = 0; user < 50; ++user)
    for (int i = 0; i <= user; ++i) online().connect("user" + std::to_string(user));
  const auto found = online().busiest(3);
  ASSERT_EQ(found.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(found[i].user, "user" + std::to_string(49 - i));
    EXPECT_EQ(found[i].connections, 50 - i);
  }
  EXPECT_EQ(online().busiest(100).size(), 50U);
  EXPECT_TRUE(online().busiest(0).empty());
}

TEST_F(presence_test, counts_sockets_in_namespaces) {
  online().socket_count("/chat") += 3;
  EXPECT_EQ(online().sockets_in("/chat"), 3U);
  EXPECT_EQ(online().sockets_in("/"), 0U);
}

}  // namespace
}  // namespace encke::gateway
