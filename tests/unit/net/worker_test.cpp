// SPDX-License-Identifier: MIT
// A worker's turns and its end, with stub protocols that do what the worst of neighbours would do in the middle of
// them.
#include <net/worker.hpp>

#include <gtest/gtest.h>

#include <base/alarm.hpp>

#include "unit/net/net_fixture.hpp"

namespace encke::test {
namespace {

using namespace std::chrono_literals;

class worker_test : public testing::Test {
 protected:
  static constexpr std::size_t many = 20;

  worker_test() {
    at.start();
    for (std::size_t i = 0; i < many; ++i) peers.push_back(at.connect(stubs[i], &all[i]));
  }
  // What each peer got so far.
  std::vector<std::string> arrived() {
    std::vector<std::string> got;
    for (auto& one : peers) got.push_back(one.read());
    return got;
  }

  std::array<script, many> stubs;
  net_fixture at;
  std::array<net::connection*, many> all{};
  std::vector<far_end> peers;
};

// --- the end of a turn --------------------------------------------------------------------------------------------

TEST_F(worker_test, what_was_written_in_a_turn_leaves_at_its_end) {
  stubs[0].on_bytes = [this] {
    for (auto* one : all) one->write("x");
    for (auto* one : all) one->write("y");
    EXPECT_EQ(arrived(), std::vector<std::string>(many, ""));
  };
  peers[0].write("go");
  at.step();
  EXPECT_EQ(arrived(), std::vector<std::string>(many, "xy"));
}

TEST_F(worker_test, what_is_written_to_another_while_queues_are_sent_leaves_too) {
  for (std::size_t i = 0; i < many; ++i)
    stubs[i].on_all_sent = [this, i] {
      if (stubs[i].count("sent") == 1) all[(i + 1) % many]->write(std::to_string(i));
    };
  all[0]->write("first");
  at.step();
  auto got = arrived();
  EXPECT_EQ(got[0], "first" + std::to_string(many - 1));
  for (std::size_t i = 1; i < many; ++i) EXPECT_EQ(got[i], std::to_string(i - 1));
}

TEST_F(worker_test, who_is_ended_while_queues_are_sent_is_sent_nothing_more) {
  // The first to be sent ends all others, whose turn to be sent has not come.
  const auto end_others = [this](const net::connection* but) {
    for (auto*& one : all)
      if (one && one != but) std::exchange(one, nullptr)->abort();
  };
  std::size_t ended_all = 0;
  for (std::size_t i = 0; i < many; ++i)
    stubs[i].on_all_sent = [&, i] {
      ++ended_all;
      end_others(all[i]);
    };
  for (auto* one : all) one->write("x");
  at.step();
  EXPECT_EQ(ended_all, 1U);
  EXPECT_EQ(at.connections(), 1U);
  EXPECT_EQ(std::ranges::count(arrived(), "x"), 1);
  for (std::size_t i = 0; i < many; ++i)
    EXPECT_EQ(stubs[i].heard, std::vector<std::string>{all[i] ? "sent" : "gone"}) << i;
}

TEST_F(worker_test, whoever_ends_itself_while_it_is_sent_is_destroyed_behind_that) {
  stubs[3].on_all_sent = [this] {
    all[3]->abort();
    EXPECT_EQ(stubs[3].count("gone"), 0);
  };
  all[3]->write("last words");
  at.step();
  EXPECT_EQ(stubs[3].heard, (std::vector<std::string>{"sent", "gone"}));
  EXPECT_EQ(peers[3].read(), "last words");
  EXPECT_EQ(at.connections(), many - 1);
}

TEST_F(worker_test, who_is_ended_by_somebody_else_that_was_ready_hears_nothing_more) {
  // All are ready in the same batch; the first that is woken ends the others.
  std::size_t woken = 0;
  for (std::size_t i = 0; i < many; ++i)
    stubs[i].on_bytes = [&, i] {
      ++woken;
      for (std::size_t k = 0; k < many; ++k)
        if (k != i) all[k]->abort();
    };
  for (auto& one : peers) one.write("x");
  at.step();
  EXPECT_EQ(woken, 1U);
  EXPECT_EQ(at.connections(), 1U);
}

TEST_F(worker_test, one_that_is_doomed_and_to_be_moved_is_destroyed_once) {
  all[0]->move_to(at.worker());
  all[0]->write("x");
  all[0]->abort();
  all[0]->abort();
  all[0]->flush_later();
  at.step();
  EXPECT_EQ(stubs[0].heard, std::vector<std::string>{"gone"});
  EXPECT_EQ(at.count(counter::connections_closed), 1U);
}

TEST_F(worker_test, an_earlier_protocol_lives_until_what_it_began_is_over) {
  script next;
  stubs[0].on_bytes = [&] {
    all[0]->become(std::make_unique<stub_protocol>(next));
    EXPECT_EQ(stubs[0].count("gone"), 0);
    all[0]->write("from the next");
  };
  peers[0].write("x");
  at.step();
  EXPECT_EQ(stubs[0].heard, std::vector<std::string>{"gone"});
  peers[0].write("y");
  at.step();
  EXPECT_EQ(next.received, "y");
  EXPECT_EQ(next.count("sent"), 1);
  all[0]->abort();
  at.step();
}

TEST_F(worker_test, time_is_the_same_for_all_of_a_batch) {
  std::vector<time_point> times;
  for (auto& one : stubs) one.on_bytes = [&] { times.push_back(at.worker().now()); };
  for (auto& one : peers) one.write("x");
  at.step();
  ASSERT_EQ(times.size(), many);
  EXPECT_EQ(std::ranges::count(times, times.front()), static_cast<std::ptrdiff_t>(many));
}

// --- posts --------------------------------------------------------------------------------------------------------

TEST_F(worker_test, does_what_is_posted_in_order_and_later) {
  std::string done;
  at.worker().post([&] {
    done += 'a';
    at.worker().post([&] { done += 'c'; });
  });
  at.worker().post([&] { done += 'b'; });
  EXPECT_EQ(done, "");
  at.step();
  EXPECT_EQ(done, "abc");
}

TEST_F(worker_test, what_a_post_writes_leaves_without_anybody_being_ready) {
  at.worker().post([this] { all[1]->write("x"); });
  at.step();
  EXPECT_EQ(peers[1].read(), "x");
}

TEST_F(worker_test, once_it_has_ended_posts_are_destroyed_undone) {
  bool done = false;
  const auto held = std::make_shared<int>();
  at.worker().post([&done, held] { done = true; });
  at.worker().clear();
  at.step();
  EXPECT_FALSE(done);
  EXPECT_EQ(held.use_count(), 1);
}

// --- stopping -----------------------------------------------------------------------------------------------------

TEST_F(worker_test, tells_everybody_that_it_stops_and_ends_with_the_last) {
  at.worker().stop(clock::now() + 1h);
  at.step();
  for (const auto& one : stubs) EXPECT_EQ(one.heard, std::vector<std::string>{"stop"});
  for (std::size_t i = 1; i < many; ++i) all[i]->abort();
  at.step();
  EXPECT_TRUE(at.ended.empty()) << "one is left";
  all[0]->abort();
  at.step();
  EXPECT_EQ(at.ended, std::vector<std::size_t>{0});
}

TEST_F(worker_test, what_is_queued_when_it_stops_still_goes_out) {
  for (auto* one : all) {
    one->write("bye");
    one->close();
  }
  at.worker().stop(clock::now() + 1h);
  at.step();
  EXPECT_EQ(arrived(), std::vector<std::string>(many, "bye"));
  for (auto& one : peers) one.close();
  at.step();
  EXPECT_EQ(at.ended, std::vector<std::size_t>{0});
}

TEST_F(worker_test, does_not_wait_longer_than_its_deadline_and_an_earlier_one_counts) {
  at.worker().stop(clock::now() + 1h);
  at.worker().stop(clock::now());
  EXPECT_TRUE(eventually([this] {
    at.step();
    return !at.ended.empty();
  }));
  EXPECT_EQ(at.connections(), 0U);
  for (const auto& one : stubs) EXPECT_EQ(one.heard, (std::vector<std::string>{"stop", "gone"}));
}

TEST_F(worker_test, whoever_comes_while_it_stops_is_told_at_once_but_for_who_only_looks) {
  at.worker().stop(clock::now() + 1h);
  auto late = at.connect();
  auto internal = at.connect(nullptr, 0, true);
  at.step();
  EXPECT_EQ(late.read(), "");
  EXPECT_TRUE(late.has_ended());
  internal.write("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  at.step();
  EXPECT_TRUE(internal.read().starts_with("HTTP/1.1 404 "));
}

TEST_F(worker_test, stopping_in_the_middle_of_what_others_are_sent_ends_nobody_twice) {
  stubs[0].on_all_sent = [this] {
    if (stubs[0].count("sent") == 1) at.worker().stop(clock::now());
  };
  for (auto* one : all) one->write("x");
  EXPECT_TRUE(eventually([this] {
    at.step();
    return !at.ended.empty();
  }));
  EXPECT_EQ(arrived(), std::vector<std::string>(many, "x"));
  for (const auto& one : stubs) {
    EXPECT_EQ(one.count("stop"), 1);
    EXPECT_EQ(one.count("gone"), 1);
  }
}

// --- alarms -------------------------------------------------------------------------------------------------------

TEST_F(worker_test, a_deadline_that_comes_for_one_may_end_the_others) {
  struct ends_all final : alarm {
    explicit ends_all(std::array<net::connection*, many>& given) : others{given} {}
    void on_alarm(time_point) override {
      for (auto* one : others) one->abort();
    }
    std::array<net::connection*, many>& others;
  } bell{all};
  const auto soon = clock::now() + 1s;
  for (auto* one : all) one->set_deadline(soon);
  at.worker().wheel().arm(bell, soon - 500ms);
  while (auto* due = at.worker().wheel().advance(soon + 1s)) static_cast<alarm*>(due)->on_alarm(soon + 1s);
  at.step();
  EXPECT_EQ(at.connections(), 0U);
  for (const auto& one : stubs) EXPECT_EQ(one.heard, std::vector<std::string>{"gone"});
}

}  // namespace
}  // namespace encke::test
