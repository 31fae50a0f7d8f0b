// SPDX-License-Identifier: MIT
// A crowd is flushed in slices: who is heard in the middle goes first, and whatever else happens in the middle finds
// everybody where they belong. Each flush takes a while here, so that slices are short.
#include <net/flush_queue.hpp>

#include <gtest/gtest.h>

#include "unit/net/net_fixture.hpp"

namespace encke::test {
namespace {

using namespace std::chrono_literals;

class flush_queue_test : public testing::Test {
 protected:
  static constexpr std::size_t many = 300, middle = 150, last = many - 1;
  static constexpr std::size_t at_once = 64 + 2 * 16;  // connections that may be flushed before who is ready is heard

  flush_queue_test() : at{{}, 2} {
    at.start();
    for (std::size_t i = 0; i < many; ++i) {
      peers.push_back(at.connect(stubs[i], &all[i]));
      stubs[i].on_all_sent = [this, i] { on_flushed(i); };
    }
  }
  void on_flushed(std::size_t i) {
    flushed.push_back(i);
    if (i == middle)
      if (const auto act = std::exchange(in_the_middle, nullptr)) act();
    for (const auto until = clock::now() + 100us; clock::now() < until;) {
    }
  }
  void say_to_all(std::string_view what) {
    at.worker().post([this, what] {
      for (auto* one : all)
        if (one) one->write(what);
    });
  }
  // How many were flushed before this one was for the first time.
  [[nodiscard]] std::size_t place_of(std::size_t one) const {
    return static_cast<std::size_t>(std::ranges::find(flushed, one) - flushed.begin());
  }

  std::array<script, many> stubs;
  script other;
  net_fixture at;
  std::array<net::connection*, many> all{};
  std::vector<far_end> peers;
  std::vector<std::size_t> flushed;
  std::function<void()> in_the_middle;
};

TEST_F(flush_queue_test, everybody_is_flushed_once_with_all_that_waits) {
  say_to_all("x");
  say_to_all("y");
  at.step();
  EXPECT_EQ(flushed.size(), many);
  for (auto& one : peers) EXPECT_EQ(one.read(), "xy");
}

TEST_F(flush_queue_test, who_is_heard_in_the_middle_goes_first_and_in_order) {
  stubs[last].on_bytes = [this] { all[last]->write("pong"); };
  in_the_middle = [this] { peers[last].write("ping"); };
  say_to_all("x");
  at.step();
  EXPECT_LE(place_of(last), place_of(middle) + at_once);
  EXPECT_EQ(peers[last].read(), "xpong");
  EXPECT_EQ(flushed.size(), many);
}

TEST_F(flush_queue_test, somebody_who_is_not_of_the_crowd_does_not_wait_for_it) {
  all[last]->abort();
  net::connection* newcomer = nullptr;
  auto peer = at.connect(other, &newcomer);
  all[last] = nullptr;
  other.on_bytes = [&] { newcomer->write("pong"); };
  other.on_all_sent = [this] { on_flushed(last); };
  in_the_middle = [&] { peer.write("ping"); };
  say_to_all("x");
  at.step();
  EXPECT_EQ(peer.read(), "pong");
  EXPECT_LE(place_of(last), place_of(middle) + at_once);
}

TEST_F(flush_queue_test, who_ends_in_the_middle_is_sent_nothing) {
  in_the_middle = [this] {
    for (std::size_t i = middle + 1; i < many; i += 2) std::exchange(all[i], nullptr)->abort();
    std::exchange(all[0], nullptr)->abort();
  };
  say_to_all("x");
  at.step();
  for (std::size_t i = 1; i < many; ++i) EXPECT_EQ(peers[i].read(), all[i] ? "x" : "") << i;
  EXPECT_EQ(at.connections(), many - (many - middle) / 2 - 1);
}

TEST_F(flush_queue_test, who_moves_in_the_middle_is_sent_it_by_the_other_worker) {
  in_the_middle = [this] {
    all[last]->move_to(at.worker(1));
    all[last - 1]->move_to(at.worker(1));
    all[last - 1]->abort();
  };
  say_to_all("x");
  at.step();
  EXPECT_EQ(peers[last].read(), "x");
  EXPECT_EQ(peers[last - 1].read(), "");
  EXPECT_EQ(stubs[last].count("moved"), 1);
  EXPECT_EQ(&all[last]->home(), &at.worker(1));
}

TEST_F(flush_queue_test, a_stop_in_the_middle_lets_everything_out) {
  in_the_middle = [this] { at.worker().stop(clock::now() + 1h); };
  say_to_all("x");
  at.step();
  for (std::size_t i = 0; i < many; ++i) {
    EXPECT_EQ(peers[i].read(), "x");
    EXPECT_EQ(stubs[i].count("stop"), 1);
  }
}

TEST_F(flush_queue_test, a_stop_without_time_in_the_middle_leaves_nobody) {
  in_the_middle = [this] { at.worker().stop(clock::now()); };
  say_to_all("x");
  EXPECT_TRUE(eventually([this] {
    at.step();
    return !at.ended.empty();
  }));
  EXPECT_EQ(at.connections(), 0U);
}

TEST_F(flush_queue_test, a_crowd_that_left_is_forgotten) {
  in_the_middle = [this] {
    for (const auto* what : {"y", "z"})
      for (auto* one : all) one->write(what);
    for (std::size_t i = middle + 1; i < many; ++i) std::exchange(all[i], nullptr)->abort();
  };
  say_to_all("x");
  at.step();
  flushed.clear();
  net::connection* newcomer = nullptr;
  auto peer = at.connect(other, &newcomer);
  other.on_bytes = [&] { newcomer->write("pong"); };
  other.on_all_sent = [this] { on_flushed(last); };
  in_the_middle = nullptr;
  stubs[middle - 50].on_all_sent = [this, &peer] {
    on_flushed(middle - 50);
    peer.write("ping");
  };
  say_to_all("again");
  at.step();
  EXPECT_LE(place_of(last), place_of(middle - 50) + at_once) << "the new crowd was flushed in one go";
}

TEST_F(flush_queue_test, more_for_the_crowd_than_it_has_members_lets_it_out_in_one_go) {
  constexpr std::size_t later = middle + 60;
  in_the_middle = [this] {
    for (const auto* what : {"y", "z"})
      for (auto* one : all) one->write(what);
  };
  stubs[later].on_all_sent = [this] {
    on_flushed(later);
    if (stubs[later].count("sent") == 1) peers[last].write("ping");
  };
  say_to_all("x");
  at.step();
  EXPECT_EQ(place_of(last), place_of(later) + last - later);
  for (auto& one : peers) EXPECT_EQ(one.read(), "xyz");
}

}  // namespace
}  // namespace encke::test
