// SPDX-License-Identifier: MIT
// One connection between a stub protocol and a socketpair: what is promised to the peer arrives, in order and once, and
// every end leaves nothing behind.
#include <net/connection.hpp>

#include <gtest/gtest.h>

#include "unit/net/net_fixture.hpp"
#include "unit/net/scripted_calls.hpp"

namespace encke::test {
namespace {

using namespace std::chrono_literals;
using testing::Test;

// More than the kernel takes at once.
std::string much() {
  std::string text;
  while (text.size() < 4'000'000) text += "line " + std::to_string(text.size()) + '\n';
  return text;
}

class connection_test : public Test {
 protected:
  connection_test() {
    at.start();
    peer.emplace(at.connect(stub, &one));
  }

  // All that arrives while the peer reads, in small portions if it has little room.
  std::string read_all() {
    std::string all;
    for (int idle = 0; idle < 3; ++idle) {
      at.step();
      for (auto more = peer->read(); !more.empty(); more = peer->read()) {
        all += more;
        at.step();
        idle = 0;
      }
    }
    return all;
  }
  [[nodiscard]] bool is_gone() const { return at.connections() == 0; }

  script stub;
  net_fixture at;
  net::connection* one = nullptr;
  std::optional<far_end> peer;
};

// --- sending ------------------------------------------------------------------------------------------------------

TEST_F(connection_test, sends_what_is_written_at_the_end_of_the_turn_and_what_is_gathered_behind_it) {
  one->write("first ");
  stub.to_gather = "third";
  one->write("second ");
  EXPECT_EQ(peer->read(), "");
  at.step();
  EXPECT_EQ(peer->read(), "first second third");
  EXPECT_EQ(one->queued(), 0U);
  EXPECT_EQ(stub.count("sent"), 1);
}

TEST_F(connection_test, sends_the_same_however_little_the_kernel_takes) {
  for (const std::size_t most : {1, 2, 3, 7, 11, 100}) {
    for (const bool blocks : {false, true}) {
      scripted_calls kernel;
      kernel.send_at_most(most);
      if (blocks) kernel.block_every_second();
      one->write("written");
      stub.to_gather = "gathered in pieces";
      stub.piece = 5;
      EXPECT_EQ(read_all(), "writtengathered in pieces") << most << (blocks ? " blocked" : "");
      EXPECT_TRUE(stub.to_gather.empty());
    }
  }
}

TEST_F(connection_test, sends_many_pieces_and_large_ones_in_order) {
  for (const std::size_t piece : {1UL, 1'000UL, 100'000UL}) {
    const auto all = much().substr(0, piece == 1 ? 1000 : 4'000'000);
    one->write("head ");
    stub.to_gather = all;
    stub.piece = piece;
    one->flush_later();
    EXPECT_EQ(read_all(), "head " + all) << piece;
  }
}

TEST_F(connection_test, waits_for_a_peer_that_does_not_read) {
  const auto all = much();
  one->write(all);
  at.step();
  EXPECT_GT(one->queued(), 0U);
  EXPECT_EQ(stub.count("sent"), 0);
  one->write("end");  // behind it, not before
  EXPECT_EQ(read_all(), all + "end");
  EXPECT_EQ(stub.count("sent"), 1);
}

TEST_F(connection_test, what_is_written_once_all_was_sent_is_sent_too) {
  stub.on_all_sent = [this] {
    if (stub.count("sent") < 3) one->write("more ");
  };
  one->write("some ");
  EXPECT_EQ(read_all(), "some more more ");
}

// --- receiving ----------------------------------------------------------------------------------------------------

TEST_F(connection_test, hands_on_what_arrives) {
  peer->write("one ");
  at.step();
  peer->write("two");
  at.step();
  EXPECT_EQ(stub.received, "one two");
  EXPECT_EQ(at.count(counter::bytes_received), 7U);
}

TEST_F(connection_test, a_pause_leaves_bytes_in_the_kernel) {
  one->pause_reading(true);
  peer->write("later");
  at.step();
  EXPECT_EQ(stub.received, "");
  one->pause_reading(false);
  at.step();
  EXPECT_EQ(stub.received, "later");
}

TEST_F(connection_test, a_receive_that_was_interrupted_is_tried_again) {
  for (const int fault : {EINTR, EAGAIN}) {
    scripted_calls kernel;
    kernel.fail(0, fault, false);
    peer->write("x");
    at.step();
  }
  EXPECT_EQ(stub.received, "xx");
  EXPECT_EQ(stub.heard, std::vector<std::string>{});
}

TEST_F(connection_test, hears_nothing_more_once_it_ended_itself) {
  stub.on_bytes = [this] {
    one->abort();
    EXPECT_EQ(stub.count("gone"), 0) << "its function is on the stack";
  };
  peer->write("x");
  at.step();
  EXPECT_EQ(stub.heard, std::vector<std::string>{"gone"});
  EXPECT_TRUE(is_gone());
}

// --- ends ---------------------------------------------------------------------------------------------------------

TEST_F(connection_test, a_peer_that_ends_is_answered_with_an_end) {
  peer->end();
  at.step();
  EXPECT_EQ(stub.heard, (std::vector<std::string>{"end", "gone"}));
  EXPECT_EQ(read_all(), "");
  EXPECT_TRUE(peer->has_ended());
}

TEST_F(connection_test, a_peer_that_ends_gets_what_it_asked_for_before) {
  const auto all = much();
  one->write(all);
  at.step();
  peer->end();
  at.step();
  EXPECT_EQ(stub.heard, std::vector<std::string>{"end"});
  EXPECT_EQ(read_all(), all);
  EXPECT_TRUE(peer->has_ended());
  EXPECT_TRUE(is_gone());
  EXPECT_EQ(stub.count("end"), 1);
}

TEST_F(connection_test, closing_sends_what_is_queued_and_waits_for_the_peers_end) {
  const auto all = much();
  one->write(all);
  stub.to_gather = "gathered";
  one->close();
  EXPECT_TRUE(one->is_closing());
  peer->write("too late");
  EXPECT_EQ(read_all(), all + "gathered");
  EXPECT_TRUE(peer->has_ended());
  EXPECT_EQ(stub.received, "") << "what comes now is dropped";
  EXPECT_FALSE(is_gone()) << "it lingers: a reset would take the last bytes from the peer";
  peer->close();
  at.step();
  EXPECT_TRUE(is_gone());
  EXPECT_EQ(stub.heard, std::vector<std::string>{"gone"}) << "who closes is told nothing";
}

TEST_F(connection_test, does_not_linger_for_ever) {
  one->close();
  at.step();
  ASSERT_FALSE(is_gone());
  one->on_alarm(clock::now() + 3s);
  at.step();
  EXPECT_TRUE(is_gone());
  EXPECT_EQ(stub.count("deadline"), 0);
}

TEST_F(connection_test, drains_as_long_as_the_peer_reads_and_no_longer) {
  one->write(much());
  one->close();
  at.step();
  for (int i = 0; i < 3; ++i) {
    EXPECT_NE(peer->read(200'000), "");
    at.step();
    one->on_alarm(clock::now() + 3s);
    at.step();
    ASSERT_FALSE(is_gone()) << i;
  }
  one->on_alarm(clock::now() + 6s);
  at.step();
  EXPECT_TRUE(is_gone());
}

TEST_F(connection_test, an_abort_loses_what_is_queued) {
  one->write("never seen");
  one->abort();
  at.step();
  EXPECT_EQ(peer->read(), "");
  EXPECT_TRUE(peer->has_ended());
}

TEST_F(connection_test, a_deadline_is_the_protocols_while_it_is_open) {
  one->set_deadline(clock::now() + 1h);
  one->on_alarm(clock::now() + 1h);
  EXPECT_EQ(stub.heard, std::vector<std::string>{"deadline"});
}

TEST_F(connection_test, one_that_cannot_be_watched_is_closed) {
  scripted_calls kernel;
  kernel.fail_to_watch(ENOSPC);
  net::connection* refused = nullptr;
  auto other = at.connect(&refused);
  at.step();
  EXPECT_EQ(other.read(), "");
  EXPECT_TRUE(other.has_ended());
  EXPECT_EQ(at.connections(), 1U);
}

// --- the network fails --------------------------------------------------------------------------------------------

// A conversation with reads, short and blocked writes, and an end in order. Whatever call fails, the protocol hears of
// it at most once, the connection goes and nothing is left (the fixture compares).
class failing_network : public testing::TestWithParam<int> {};

TEST_P(failing_network, ends_a_connection_at_every_step) {
  std::size_t calls = 1;
  for (std::size_t step = 0; step < calls; ++step) {
    SCOPED_TRACE("call " + std::to_string(step));
    script stub;
    net_fixture at;
    at.start();
    net::connection* one = nullptr;
    auto peer = at.connect(stub, &one);
    scripted_calls kernel;
    kernel.send_at_most(7);
    kernel.block_every_second();
    if (step > 0) kernel.fail(step - 1, GetParam());
    stub.on_bytes = [&] {
      one->write("an answer ");
      stub.to_gather += "and its rest";
      if (stub.received.ends_with("last")) one->close();
    };
    std::string arrived;
    for (const auto* text : {"ask", "ask again", "last"}) {
      if (at.connections() == 0) break;
      peer.write(text);
      at.step();
      arrived += peer.read();
      at.step();
    }
    arrived += peer.read();
    const std::string whole = "an answer and its restan answer and its restan answer and its rest";
    if (step == 0) {
      EXPECT_EQ(arrived, whole);
    }
    EXPECT_TRUE(whole.starts_with(arrived)) << arrived;
    peer.close();
    at.step();
    if (step == 0) calls = kernel.calls() + 1;
    EXPECT_EQ(at.connections(), 0U);
    EXPECT_EQ(stub.count("gone"), 1);
    EXPECT_LE(stub.count("failed") + stub.count("end"), 1);
    EXPECT_EQ(stub.heard.back(), "gone") << "nobody is told anything afterwards";
  }
  EXPECT_GT(calls, 10U);
}

INSTANTIATE_TEST_SUITE_P(by, failing_network, testing::Values(ECONNRESET, EPIPE, ETIMEDOUT));

// --- moving -------------------------------------------------------------------------------------------------------

class moving_connection : public Test {
 protected:
  moving_connection() {
    at.start();
    peer.emplace(at.connect(stub, &one));
  }

  script stub, neighbours;
  net_fixture at{options{}, 2};
  net::connection* one = nullptr;
  std::optional<far_end> peer;
};

TEST_F(moving_connection, goes_on_at_the_other_worker) {
  stub.on_bytes = [this] { one->move_to(at.worker(1)); };
  stub.on_moved = [this] {
    EXPECT_EQ(&one->home(), &at.worker(1));
    stub.on_bytes = {};
    one->write("here");
  };
  peer->write("go");
  at.step();
  peer->write(" on");
  at.step();
  EXPECT_EQ(stub.heard, (std::vector<std::string>{"moved", "sent"}));
  EXPECT_EQ(stub.received, "go on");
  EXPECT_EQ(peer->read(), "here");
}

TEST_F(moving_connection, takes_along_what_is_queued_and_its_deadline) {
  const auto all = much();
  one->write(all);
  one->set_deadline(clock::now() + 1h);
  at.step();
  one->move_to(at.worker(1));
  std::string arrived;
  for (auto more = std::string{"-"}; !more.empty(); at.step()) arrived += more = peer->read();
  EXPECT_EQ(arrived.size(), all.size());
  EXPECT_TRUE(arrived == all);
  EXPECT_EQ(&one->home(), &at.worker(1));
  EXPECT_TRUE(one->is_armed());
  EXPECT_EQ(stub.count("moved"), 1);
}

TEST_F(moving_connection, one_that_ends_on_the_way_is_not_moved) {
  one->move_to(at.worker(1));
  one->abort();
  at.step();
  EXPECT_EQ(stub.heard, std::vector<std::string>{"gone"});
  EXPECT_EQ(at.connections(), 0U);
}

TEST_F(moving_connection, one_that_closes_on_the_way_closes_there) {
  one->write("bye");
  one->close();
  one->move_to(at.worker(1));
  at.step();
  EXPECT_EQ(peer->read(), "bye");
  EXPECT_EQ(stub.count("moved"), 0) << "its protocol has nothing more to do";
  peer->close();
  at.step();
  EXPECT_EQ(at.connections(), 0U);
}

TEST_F(moving_connection, to_a_worker_that_stops_is_told_so) {
  net::connection* other = nullptr;
  const auto neighbour = at.connect(neighbours, &other, 1);
  at.worker(1).stop(clock::now() + 1h);
  one->move_to(at.worker(1));
  at.step();
  EXPECT_EQ(stub.heard, (std::vector<std::string>{"moved", "stop"}));
}

TEST_F(moving_connection, to_a_worker_that_has_ended_goes_with_it) {
  at.worker(1).stop(clock::now() + 1h);
  at.step();
  ASSERT_EQ(at.ended, std::vector<std::size_t>{1});
  one->move_to(at.worker(1));
  at.step();
  EXPECT_EQ(stub.heard.back(), "gone");
  EXPECT_EQ(at.connections(), 0U);
}

}  // namespace
}  // namespace encke::test
