// SPDX-License-Identifier: MIT
// What a message may cost: system calls and allocations of the server's thread, counted, not timed. A message costs
// about as much as its calls, so one more here is what a benchmark would show as a step.
#include <gtest/gtest.h>

#include "costs/counted.hpp"
#include "support/scripted_peer.hpp"
#include "support/server_fixture.hpp"

namespace encke::test {
namespace {

constexpr std::uint64_t rounds = 200;
// The loop's timer ticks and turns that only end something: a few, however many messages there were.
constexpr std::uint64_t few = 40;

class costs_test : public testing::Test {
 protected:
  costs_test() {
    auto& root = server_.root();
    root.on_connect([](const socket& s) {
      count_this_thread();
      s.join("house");
    });
    root.on("echo-ack", [](socket, arguments all) { return all; });
    root.on("shout", [&root](socket, arguments all) { root.to("house").emit("shout", all); });
    server_.start();
  }

  std::unique_ptr<scripted_peer> connect() {
    auto one = std::make_unique<scripted_peer>(server_.port());
    EXPECT_EQ(one->upgrade("/socket.io/?EIO=4&transport=websocket").status, 101U);
    one->send_text("40");
    EXPECT_EQ(one->read_text().front(), '0');
    EXPECT_EQ(one->read_text().substr(0, 2), "40");
    return one;
  }

  server_fixture server_;
};

TEST_F(costs_test, an_echo_costs_one_receive_one_send_and_no_allocation) {
  const auto peer = connect();
  const auto echo = [&] {
    peer->send_text(R"(427["echo-ack",1,"short"])");
    ASSERT_EQ(peer->read_text(), R"(437[1,"short"])");
  };
  for (int i = 0; i < 10; ++i) echo();  // blocks for frames are taken from the heap at first
  const auto before = counted();
  for (std::uint64_t i = 0; i < rounds; ++i) echo();
  const auto spent = counted() - before;
  EXPECT_EQ(spent.receives, rounds);
  EXPECT_EQ(spent.sends, rounds);
  EXPECT_LE(spent.waits, 2 * rounds + few);  // of the loop and of its nested set
  EXPECT_LE(spent.controls, rounds + few);   // the loop asks for the set again
  EXPECT_LE(spent.allocations, few);
}

TEST_F(costs_test, a_longer_message_is_copied_once_for_its_handler) {
  const auto peer = connect();
  const std::string text(1000, 'x');
  const auto echo = [&] {
    peer->send_text("427[\"echo-ack\",\"" + text + "\"]");
    ASSERT_EQ(peer->read_text().size(), text.size() + 7);
  };
  for (int i = 0; i < 10; ++i) echo();
  const auto before = counted();
  for (std::uint64_t i = 0; i < rounds; ++i) echo();
  const auto spent = counted() - before;
  EXPECT_GE(spent.allocations, rounds);
  EXPECT_LE(spent.allocations, 2 * rounds + few);  // the handler's arguments, and a frame too large for the pool
}

TEST_F(costs_test, messages_that_arrive_together_are_answered_together) {
  const auto peer = connect();
  constexpr int window = 16;
  std::string together;
  for (int i = 0; i < window; ++i)
    websocket::append_masked_frame(together, websocket::opcode::text, R"(427["echo-ack",1])", 0x12345678, true);
  const auto before = counted();
  for (std::uint64_t i = 0; i < rounds; ++i) {
    ASSERT_TRUE(peer->send(together));
    for (int k = 0; k < window; ++k) ASSERT_EQ(peer->read_text(), "437[1]");
  }
  const auto spent = counted() - before;
  EXPECT_LE(spent.receives, rounds + few);  // a segment may be split
  EXPECT_LE(spent.sends, rounds + few);
  EXPECT_LE(spent.allocations, 5 * rounds + few);  // the answers behind each other, however many there are
}

TEST_F(costs_test, a_broadcast_costs_one_send_for_each_member_however_many_come_at_once) {
  std::vector<std::unique_ptr<scripted_peer>> members;
  for (int i = 0; i < 20; ++i) members.push_back(connect());
  constexpr int burst = 8;
  std::string together;
  for (int i = 0; i < burst; ++i)
    websocket::append_masked_frame(together, websocket::opcode::text, R"(42["shout",1])", 0x12345678, true);
  const auto before = counted();
  for (std::uint64_t i = 0; i < rounds; ++i) {
    ASSERT_TRUE(members.front()->send(together));
    for (auto& one : members)
      for (int k = 0; k < burst; ++k) ASSERT_EQ(one->read_text(), R"(42["shout",1])");
  }
  const auto spent = counted() - before;
  EXPECT_LE(spent.sends, members.size() * (rounds + few));
}

}  // namespace
}  // namespace encke::test
