// SPDX-License-Identifier: MIT
// Sockets that leave while something of theirs is under way: in their own handlers, refused, with questions open.
#include <gtest/gtest.h>

#include "support/hub_fixture.hpp"
#include "support/ledger_check.hpp"

namespace encke::test {
namespace {

using namespace std::chrono_literals;
using strings = std::vector<std::string>;

TEST(leaving, a_connect_handler_may_disconnect_although_the_handshake_is_dropped) {
  const ledger_check nothing_left;
  hub_fixture at{{.keep_handshake = false}};
  at.of("/").on_connect([](const socket& s) { s.disconnect(); });
  at.open();
  auto one = at.connect();
  EXPECT_EQ(one->joins().substr(0, 2), "40");
  EXPECT_FALSE(one->has_sockets());
}

TEST(leaving, a_disconnect_handler_that_disconnects_leaves_the_data_to_the_next_one) {
  const ledger_check nothing_left;
  hub_fixture at;
  int seen = 0;
  at.of("/").on_connect([](const socket& s) { s.data<int>() = 7; });
  at.of("/").on_disconnect([](const socket& s, reason) { s.disconnect(); });
  at.of("/").on_disconnect([&](const socket& s, reason) { seen = s.data<int>(); });
  at.of("/").on("leave", [](socket s) { s.disconnect(); });
  at.open();
  auto one = at.connect();
  one->joins();
  one->link.take();
  one->says(R"(2["leave"])");
  EXPECT_EQ(seen, 7);
  EXPECT_EQ(one->link.take(), strings{"41"});
}

TEST(leaving, is_told_before_the_rooms_are_left_and_after) {
  const ledger_check nothing_left;
  hub_fixture at;
  strings seen;
  const auto note = [&seen](const socket& s) {
    seen.push_back(std::to_string(s.rooms().size()) + " rooms, data " + std::to_string(s.data<int>()));
  };
  at.of("/").on_connect([](const socket& s) {
    s.data<int>() = 7;
    s.join("a");
  });
  at.of("/").on_disconnect([&](const socket& s, reason) { note(s); });
  at.of("/").on_disconnecting([&](const socket& s, reason) { note(s); });
  at.open();
  auto one = at.connect();
  one->joins();
  one->says("41");
  EXPECT_EQ(seen, (strings{"1 rooms, data 7", "0 rooms, data 7"}));
}

TEST(leaving, a_refused_socket_answers_no_question) {
  const ledger_check nothing_left;
  hub_fixture at;
  std::optional<result<arguments>> answered;
  at.of("/").use([&](const socket& s) {
    auto asking = s.timeout(1h).ask("who");
    at.start(std::move(asking), answered);
    return refuse("no");
  });
  at.open();
  auto one = at.connect();
  one->joins();
  at.run();
  ASSERT_TRUE(answered.has_value());
  EXPECT_EQ(answered->error(), errc::not_connected);
}

TEST(leaving, unknown_namespaces_count_as_refused) {
  hub_fixture at;
  at.open();
  auto one = at.connect();
  EXPECT_EQ(one->joins("/nope"), R"(44/nope,{"message":"Invalid namespace"})");
  EXPECT_EQ(at.count(counter::sockets_refused), 1U);
}

TEST(leaving, what_a_client_sends_with_connect_is_charged) {
  const ledger_check nothing_left;
  hub_fixture at;
  at.open();
  auto one = at.connect();
  const auto before = ledger::snapshot()[ledger::purpose::handshake].bytes;
  one->joins("/", R"({"token":")" + std::string(100'000, 'x') + R"("})");
  EXPECT_GT(ledger::snapshot()[ledger::purpose::handshake].bytes, before + 100'000);
}

TEST(leaving, a_log_hook_that_throws_is_not_noticed) {
  const ledger_check nothing_left;
  hub_fixture at{{.log = [](const log_record&) { throw 1; }}};
  at.of("/").on("break", [](socket) { throw 2; });
  at.open();
  auto one = at.connect();
  one->joins();
  one->says(R"(2["break"])");
  EXPECT_TRUE(one->has_sockets());
  EXPECT_EQ(at.count(counter::handler_errors), 1U);
}

}  // namespace
}  // namespace encke::test
