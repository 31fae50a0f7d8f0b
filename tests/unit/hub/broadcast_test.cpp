// SPDX-License-Identifier: MIT
// Targets and questions over several workers: who gets it, once, in order; who answered and who did not.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <set>

#include "support/hub_fixture.hpp"
#include "support/ledger_check.hpp"

namespace encke::test {
namespace {

using namespace std::chrono_literals;
using strings = std::vector<std::string>;

// Two workers with two sockets each: 0 and 1 on the first, 2 and 3 on the second. Even ones are in "even", all but the
// last in "most".
class broadcast : public testing::Test {
 protected:
  broadcast() : at{{}, 2} {
    root.on_connect([this](const socket& s) { sockets.push_back(s); });
    at.open();
    for (std::size_t i = 0; i < 4; ++i) {
      clients.push_back(at.connect(socketio::dialect::v5, i / 2));
      clients.back()->joins();
    }
    for (std::size_t i = 0; i < 4; ++i) {
      if (i % 2 == 0) sockets[i].join("even");
      if (i < 3) sockets[i].join("most");
    }
    at.run();
  }
  // Who got something since the last call, as digits.
  std::string reached() {
    at.run();
    std::string who;
    for (std::size_t i = 0; i < clients.size(); ++i)
      for (std::size_t n = clients[i]->link.take().size(); n > 0; --n) who += static_cast<char>('0' + i);
    return who;
  }

  ledger_check nothing_left_;
  hub_fixture at;
  nsp& root = at.of("/");
  std::vector<socket> sockets;
  std::vector<std::unique_ptr<manual_client>> clients;
};

TEST_F(broadcast, reaches_each_socket_of_a_selection_once) {
  root.emit("x");
  EXPECT_EQ(reached(), "0123");
  root.to("even").emit("x");
  EXPECT_EQ(reached(), "02");
  root.to("even").to("most").emit("x");
  EXPECT_EQ(reached(), "012");
  root.to("most").except("even").emit("x");
  EXPECT_EQ(reached(), "1");
  root.except("most").emit("x");
  EXPECT_EQ(reached(), "3");
  root.to("nobody").emit("x");
  EXPECT_EQ(reached(), "");
  root.to(sockets[3].id()).to("even").emit("x");
  EXPECT_EQ(reached(), "023");
  root.in("most").except(sockets[0].id()).emit("x");
  EXPECT_EQ(reached(), "12");
}
TEST_F(broadcast, counts_the_sockets_that_took_it_on_all_workers) {
  const auto count_of = [this](const auto& send) {
    const delivered count;
    send(count);
    std::optional<std::size_t> total;
    at.start(count.total(), total);
    at.run();
    return total;
  };
  EXPECT_EQ(count_of([](const delivered&) {}), 0U);
  EXPECT_EQ(count_of([&](const delivered& by) { root.everyone().counted(by).emit("x"); }), 4U);
  EXPECT_EQ(count_of([&](const delivered& by) { root.to("nobody").counted(by).emit("x"); }), 0U);
  EXPECT_EQ(count_of([&](const delivered& by) {
              root.to("even").to("most").counted(by).emit("x");
              root.to("even").emit("x");  // not counted
              root.to("even").counted(by).emit("x");
            }),
            5U);
  clients[3]->link.writable = false;
  EXPECT_EQ(count_of([&](const delivered& by) { root.everyone().lossy().counted(by).emit("x"); }), 3U);
}
TEST_F(broadcast, counts_one_event_among_others_of_the_same_turn) {
  const delivered first, second;
  root.emit("x");
  root.everyone().counted(first).emit("x");
  root.everyone().counted(second).emit("x");
  root.everyone().counted(second).emit("x");
  root.emit("x");
  std::optional<std::size_t> one, two;
  at.start(first.total(), one);
  at.start(second.total(), two);
  at.run();
  EXPECT_EQ(one, 4U);
  EXPECT_EQ(two, 8U);
}
TEST_F(broadcast, of_a_socket_leaves_itself_out) {
  sockets[0].broadcast().emit("x");
  EXPECT_EQ(reached(), "123");
  sockets[0].to("even").emit("x");
  EXPECT_EQ(reached(), "2");
}
TEST_F(broadcast, shares_one_frame_among_all) {
  root.emit("x", 1);
  at.run();
  EXPECT_EQ(clients[0]->link.frames.back(), clients[1]->link.frames.back());
  EXPECT_EQ(clients[0]->link.frames.back(), clients[3]->link.frames.back());
}
TEST_F(broadcast, keeps_the_order_of_one_thread) {
  for (int i = 0; i < 10; ++i) {
    if (i % 2 == 0)
      root.emit("n", i);
    else
      sockets[2].emit("n", i);
  }
  at.run();
  strings expected;
  for (int i = 0; i < 10; ++i) expected.push_back("42[\"n\"," + std::to_string(i) + "]");
  EXPECT_EQ(clients[2]->link.take(), expected);
}
TEST_F(broadcast, of_many_senders_in_one_turn_reaches_each_but_the_sender) {
  for (std::size_t i = 0; i < 4; ++i) sockets[i].to("most").emit("said", i);
  at.run();
  const auto said_by = [](std::initializer_list<int> senders) {
    strings all;
    for (const int one : senders) all.push_back("42[\"said\"," + std::to_string(one) + "]");
    return all;
  };
  EXPECT_EQ(clients[0]->link.take(), said_by({1, 2, 3}));
  EXPECT_EQ(clients[1]->link.take(), said_by({0, 2, 3}));
  EXPECT_EQ(clients[2]->link.take(), said_by({0, 1, 3}));
  EXPECT_EQ(clients[3]->link.take(), strings{});
}
TEST_F(broadcast, counts_what_was_sent_to_some_before_the_others) {
  const delivered count;
  root.to("most").counted(count).emit("x");
  sockets[0].emit("own");
  root.to("most").counted(count).emit("y");
  std::optional<std::size_t> total;
  at.start(count.total(), total);
  at.run();
  EXPECT_EQ(total, 6U);
  EXPECT_EQ(clients[0]->link.take(), (strings{"42[\"x\"]", "42[\"own\"]", "42[\"y\"]"}));
  EXPECT_EQ(clients[1]->link.take(), (strings{"42[\"x\"]", "42[\"y\"]"}));
}
// Whatever one turn gathers, each socket gets what it would get if every step had a turn of its own.
TEST_F(broadcast, keeps_the_order_of_each_socket_whatever_is_gathered) {
  std::mt19937 dice{7};
  const auto pick = [&dice](std::size_t among) { return dice() % among; };
  const strings names{"even", "most", "nobody"};
  for (int round = 0; round < 300; ++round) {
    std::vector<std::function<void()>> steps;
    for (int n = 0; n < 12; ++n) {
      const auto& who = sockets[pick(4)];
      const auto& room = names[pick(3)];
      const auto& other = names[pick(3)];
      switch (pick(8)) {
        case 0: steps.emplace_back([=] { who.emit("own", n); }); break;
        case 1: steps.emplace_back([=, this] { root.emit("all", n); }); break;
        case 2: steps.emplace_back([=, this] { root.to(room).except(other).emit("room", n); }); break;
        case 3: steps.emplace_back([=] { who.broadcast().emit("others", n); }); break;
        case 4: steps.emplace_back([=] { who.join(room); }); break;
        case 5: steps.emplace_back([=] { who.leave(room); }); break;
        default: steps.emplace_back([=] { who.to(room).emit("said", n); }); break;
      }
    }
    const auto rooms_before = [&] {
      for (const auto& one : sockets)
        for (const auto& room : names) one.leave(room);
      for (std::size_t i = 0; i < 4; ++i) sockets[i].join(names[i % 2]);
      at.run();
      for (const auto& one : clients) one->link.take();
    };
    std::vector<strings> one_by_one;
    rooms_before();
    for (const auto& step : steps) {
      step();
      at.run();
    }
    for (const auto& one : clients) one_by_one.push_back(one->link.take());
    rooms_before();
    for (const auto& step : steps) step();
    at.run();
    for (std::size_t i = 0; i < 4; ++i) ASSERT_EQ(clients[i]->link.take(), one_by_one[i]) << "round " << round;
  }
}
TEST_F(broadcast, that_may_be_lost_skips_those_who_are_busy) {
  clients[1]->link.writable = false;
  root.everyone().lossy().emit("x");
  EXPECT_EQ(reached(), "023");
}
TEST_F(broadcast, targets_are_values) {
  const auto even = root.to("even");
  const auto most = even.to("most");
  even.emit("x");
  EXPECT_EQ(reached(), "02");
  most.emit("x");
  EXPECT_EQ(reached(), "012");
  even.except("most").emit("x");
  EXPECT_EQ(reached(), "");
}
TEST_F(broadcast, moves_its_sockets_in_and_out_of_rooms) {
  root.to("even").join("new");
  at.run();
  root.to("new").emit("x");
  EXPECT_EQ(reached(), "02");
  root.to("most").leave("new");
  at.run();
  root.to("new").emit("x");
  EXPECT_EQ(reached(), "");
}
TEST_F(broadcast, disconnects_its_sockets) {
  root.to("even").disconnect();
  EXPECT_EQ(reached(), "02");  // they are told
  root.emit("x");
  EXPECT_EQ(reached(), "13");
  root.everyone().disconnect(true);
  at.run();
  EXPECT_TRUE(clients[1]->link.closed);
  EXPECT_FALSE(clients[0]->link.closed);  // it was not in the namespace any more
}
TEST_F(broadcast, refuses_reserved_names_and_too_many_attachments) {
  EXPECT_THROW(root.emit("connect"), std::invalid_argument);
  EXPECT_THROW(sockets[0].emit("disconnect"), std::invalid_argument);
  EXPECT_THROW(root.emit("x", std::vector<bytes>(11, bytes{"x"})), std::invalid_argument);
  EXPECT_EQ(reached(), "");
}
TEST_F(broadcast, lists_its_sockets) {
  std::optional<std::vector<socket_info>> found;
  at.start(root.to("even").fetch(), found);
  ASSERT_TRUE(found);
  std::set<std::string> ids;
  for (const auto& one : *found) ids.insert(one.id);
  EXPECT_EQ(ids, (std::set<std::string>{std::string{sockets[0].id()}, std::string{sockets[2].id()}}));
  EXPECT_EQ(found->front().address, "192.0.2.1");
  EXPECT_EQ(found->front().protocol, 4U);
}
TEST_F(broadcast, lists_rooms_over_all_workers) {
  std::optional<std::vector<room_info>> found;
  at.start(root.rooms("", 10), found);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ((*found)[0].name, "even");
  EXPECT_EQ((*found)[0].size, 2U);
  EXPECT_EQ((*found)[1].name, "most");
  EXPECT_EQ((*found)[1].size, 3U);
  std::optional<std::vector<room_info>> rest;
  at.start(root.rooms("even", 10), rest);
  ASSERT_EQ(rest->size(), 1U);
}

// --- questions ------------------------------------------------------------------------------------------------------

TEST_F(broadcast, gathers_the_answers_of_all) {
  std::optional<typed_answers<int>> all;
  at.start(root.everyone().timeout(1s).emit_with_ack<int>("vote", "tea"), all);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(clients[i]->link.take(), strings{R"(420["vote","tea"])"});
    EXPECT_FALSE(all);
    clients[i]->says("30[" + std::to_string(i) + "]");
    at.run();
  }
  ASSERT_TRUE(all);
  EXPECT_TRUE(all->complete());
  std::sort(all->values.begin(), all->values.end());
  EXPECT_EQ(all->values, (std::vector<int>{0, 1, 2, 3}));
}
TEST_F(broadcast, names_who_left_and_who_did_not_answer_in_time) {
  std::optional<answers> all;
  at.start(root.everyone().timeout(1s).ask("vote"), all);
  clients[0]->says("30[1]");
  clients[0]->says("30[2]");  // once is enough
  clients[1]->says("31[1]");  // no such question
  clients[2]->end(reason::transport_close);
  at.run();
  EXPECT_FALSE(all);
  at.advance(999ms);
  EXPECT_FALSE(all);
  at.advance(2ms);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->received.size(), 1U);
  EXPECT_EQ(all->received[0].args.text(), "1");
  EXPECT_EQ(all->missing.size(), 3U);
  clients[1]->says("30[3]");  // too late
}
TEST_F(broadcast, to_nobody_is_answered_at_once) {
  std::optional<answers> all;
  at.start(root.to("nobody").timeout(1h).ask("vote"), all);
  ASSERT_TRUE(all);
  EXPECT_TRUE(all->complete());
  EXPECT_EQ(all->expected(), 0U);
}
TEST_F(broadcast, counts_answers_of_another_type_as_missing) {
  std::optional<typed_answers<int>> all;
  at.start(root.to(sockets[0].id()).timeout(1s).emit_with_ack<int>("vote"), all);
  clients[0]->says(R"(30["one"])");
  at.run();
  ASSERT_TRUE(all);
  EXPECT_FALSE(all->complete());
  EXPECT_EQ(all->expected, 1U);
}
TEST_F(broadcast, asks_one_socket_of_another_worker) {
  std::optional<result<int>> answer;
  at.start(sockets[3].timeout(1s).emit_with_ack<int>("sure?"), answer, 0);
  EXPECT_EQ(clients[3]->link.take(), strings{R"(420["sure?"])"});
  clients[2]->says("30[5]");  // not its question
  at.run();
  EXPECT_FALSE(answer);
  clients[3]->says("30[7]");
  at.run();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->value(), 7);
}
TEST_F(broadcast, does_not_ask_a_socket_that_has_left) {
  clients[3]->end(reason::transport_close);
  std::optional<result<int>> answer;
  at.start(sockets[3].timeout(1h).emit_with_ack<int>("sure?"), answer);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->error(), errc::not_connected);
}
TEST_F(broadcast, numbers_questions_in_one_count_for_the_namespace) {
  std::optional<answers> first, second;
  at.start(root.to(sockets[0].id()).timeout(1s).ask("a"), first);
  at.start(root.to(sockets[3].id()).timeout(1s).ask("b"), second);
  EXPECT_EQ(clients[0]->link.take(), strings{R"(420["a"])"});
  EXPECT_EQ(clients[3]->link.take(), strings{R"(421["b"])"});
  at.advance(2s);
}

TEST(questions, are_limited_for_one_socket) {
  const ledger_check nothing_left;
  hub_fixture at{{.max_pending_acks = 2}};
  std::vector<socket> sockets;
  at.of("/").on_connect([&](const socket& s) { sockets.push_back(s); });
  at.open();
  {
    auto one = at.connect();
    one->joins();
    std::array<std::optional<result<int>>, 3> answers;
    for (auto& each : answers) at.start(sockets[0].timeout(1s).emit_with_ack<int>("q"), each);
    EXPECT_FALSE(answers[0]);
    ASSERT_TRUE(answers[2]);
    EXPECT_FALSE(answers[2]->has_value());
    at.advance(2s);
    EXPECT_EQ(answers[0]->error(), errc::timed_out);
  }
  sockets.clear();
}

}  // namespace
}  // namespace encke::test
