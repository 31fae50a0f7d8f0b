// SPDX-License-Identifier: MIT
// The timer wheel under a clock moved by hand: when entries fire, what may happen to them meanwhile, and a comparison
// with a sorted map over random operations.
#include "base/timer_wheel.hpp"

#include <gtest/gtest.h>

#include <encke/ledger.hpp>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <vector>

namespace encke {
namespace {

using namespace std::chrono_literals;

struct wheel_test : testing::Test {
  time_point now = time_point{} + 1000s;
  timer_wheel wheel{now, 50ms};

  // Everything that expires by now.
  std::vector<timer_wheel::entry*> drain() {
    std::vector<timer_wheel::entry*> fired;
    while (auto* e = wheel.advance(now)) {
      EXPECT_FALSE(e->is_armed());
      EXPECT_LE(e->deadline(), now);
      fired.push_back(e);
    }
    return fired;
  }
};

using timer_wheel_test = wheel_test;

TEST_F(timer_wheel_test, fires_never_early_and_at_most_one_tick_late) {
  for (auto wait : {1ms, 49ms, 50ms, 51ms, 3199ms, 3200ms, 3201ms, 25000ms, 204800ms, 204801ms, 900000ms}) {
    timer_wheel::entry e;
    const auto deadline = now + wait;
    wheel.arm(e, deadline);
    while (drain().empty()) now += 1ms;
    EXPECT_GE(now, deadline);
    EXPECT_LT(now, deadline + wheel.tick());
  }
}

TEST_F(timer_wheel_test, a_deadline_in_the_past_fires_at_the_next_advance) {
  now += 1234567ms;
  EXPECT_TRUE(drain().empty());
  timer_wheel::entry a, b, c;
  wheel.arm(a, now);
  wheel.arm(b, now - 1h);
  wheel.arm(c, time_point::min());
  EXPECT_FALSE(wheel.empty());
  EXPECT_EQ(drain().size(), 3U);
  EXPECT_TRUE(wheel.empty());
}

TEST_F(timer_wheel_test, knows_when_it_is_empty) {
  EXPECT_TRUE(wheel.empty());
  {
    timer_wheel::entry e;
    wheel.arm(e, now + 10s);
    EXPECT_FALSE(wheel.empty());
    EXPECT_TRUE(e.is_armed());
    wheel.cancel(e);
    EXPECT_FALSE(e.is_armed());
    EXPECT_TRUE(wheel.empty());
    wheel.cancel(e);
    wheel.arm(e, now + 10s);
  }
  EXPECT_TRUE(wheel.empty());
}

TEST_F(timer_wheel_test, arming_again_replaces_the_deadline) {
  timer_wheel::entry e;
  wheel.arm(e, now + 1s);
  wheel.arm(e, now + 10s);
  now += 5s;
  EXPECT_TRUE(drain().empty());
  wheel.arm(e, now + 1s);
  EXPECT_EQ(e.deadline(), now + 1s);
  now += 1s + 50ms;
  EXPECT_EQ(drain(), std::vector{&e});
}

TEST_F(timer_wheel_test, an_entry_may_be_armed_again_while_the_expired_are_drained) {
  timer_wheel::entry e;
  wheel.arm(e, now + 25s);
  int fired = 0;
  for (int second = 0; second < 1000; ++second) {
    now += 1s;
    while (auto* expired = wheel.advance(now)) {
      ++fired;
      wheel.arm(*expired, now + 25s);
    }
  }
  EXPECT_GE(fired, 38);
  EXPECT_LE(fired, 40);
}

TEST_F(timer_wheel_test, expired_entries_may_be_cancelled_rearmed_and_destroyed_before_they_are_handed_out) {
  auto a = std::make_unique<timer_wheel::entry>();
  auto b = std::make_unique<timer_wheel::entry>();
  auto c = std::make_unique<timer_wheel::entry>();
  auto d = std::make_unique<timer_wheel::entry>();
  for (auto* e : {a.get(), b.get(), c.get(), d.get()}) wheel.arm(*e, now + 100ms);
  now += 1s;
  auto* first = wheel.advance(now);
  ASSERT_EQ(first, a.get());
  b.reset();
  wheel.cancel(*c);
  wheel.arm(*d, now + 1s);
  EXPECT_EQ(wheel.advance(now), nullptr);
  a.reset();
  now += 2s;
  EXPECT_EQ(wheel.advance(now), d.get());
  EXPECT_EQ(wheel.advance(now), nullptr);
  EXPECT_TRUE(wheel.empty());
}

TEST_F(timer_wheel_test, entries_outlive_the_wheel) {
  timer_wheel::entry near, far, due;
  {
    timer_wheel other{now};
    other.arm(near, now + 1s);
    other.arm(far, now + 1000h);
    other.arm(due, now);
  }
  EXPECT_FALSE(near.is_armed());
  EXPECT_FALSE(far.is_armed());
  EXPECT_FALSE(due.is_armed());
  wheel.arm(near, now);
  EXPECT_EQ(drain(), std::vector{&near});
}

TEST_F(timer_wheel_test, the_ledger_counts_what_is_armed) {
  const auto before = ledger::snapshot()[ledger::purpose::timer].objects;
  const auto armed = [&] { return ledger::snapshot()[ledger::purpose::timer].objects - before; };
  timer_wheel::entry kept, forgotten;
  {
    timer_wheel short_lived{now};
    timer_wheel::entry cancelled, fired, far, dead;
    for (auto* e : {&cancelled, &fired, &kept, &dead}) short_lived.arm(*e, now + 100ms);
    short_lived.arm(far, now + 10h);
    short_lived.arm(fired, now + 50ms);
    EXPECT_EQ(armed(), 5);
    short_lived.cancel(cancelled);
    short_lived.cancel(cancelled);
    EXPECT_EQ(armed(), 4);
    EXPECT_EQ(short_lived.advance(now + 60ms), &fired);
    EXPECT_EQ(armed(), 3);
    while (short_lived.advance(now + 1h)) {
    }
    EXPECT_EQ(armed(), 1);
    short_lived.arm(kept, now + 2h);
    short_lived.arm(forgotten, now);
  }
  EXPECT_EQ(armed(), 0);
}

TEST_F(timer_wheel_test, far_deadlines_wait_their_time) {
  timer_wheel::entry hours, weeks, never;
  wheel.arm(hours, now + 7h);
  wheel.arm(weeks, now + 24h * 40);  // past the reach of the wheel
  wheel.arm(never, time_point::max());
  now += 7h - 1ms;
  EXPECT_TRUE(drain().empty());
  now += 51ms;
  EXPECT_EQ(drain(), std::vector{&hours});
  const auto deadline = weeks.deadline();
  while (now + 1h < deadline) {
    now += 1h;
    ASSERT_TRUE(drain().empty());
  }
  now = deadline + 49ms;
  EXPECT_EQ(drain(), std::vector{&weeks});
  now += 24h * 365 * 100;
  EXPECT_TRUE(drain().empty());
  EXPECT_TRUE(never.is_armed());
}

TEST_F(timer_wheel_test, crosses_long_gaps_in_few_steps) {
  timer_wheel::entry e;
  while (now < time_point{} + 24h * 365 * 200) {  // two hundred years: impossible tick by tick
    wheel.arm(e, now + 12h);
    now += 24h * 36;
    ASSERT_EQ(wheel.advance(now), &e);
    ASSERT_EQ(wheel.advance(now), nullptr);
  }
}

TEST_F(timer_wheel_test, does_not_go_back_in_time) {
  timer_wheel::entry e;
  wheel.arm(e, now + 1s);
  EXPECT_EQ(wheel.advance(now - 100h), nullptr);
  now += 2s;
  EXPECT_EQ(wheel.advance(now), &e);
  wheel.arm(e, now + 1s);
  EXPECT_EQ(wheel.advance(now - 1s), nullptr);
  EXPECT_TRUE(e.is_armed());
}

TEST_F(timer_wheel_test, fires_each_of_a_hundred_thousand_once_and_in_its_tick) {
  std::mt19937 random{1};
  std::vector<timer_wheel::entry> entries(100000);
  for (auto& e : entries) wheel.arm(e, now + std::chrono::milliseconds{random() % 60000});
  for (auto& e : entries) wheel.arm(e, now + std::chrono::milliseconds{random() % 60000});
  std::size_t fired = 0;
  for (int i = 0; i < 1201; ++i, now += 50ms) {
    while (auto* e = wheel.advance(now)) {
      ++fired;
      ASSERT_LE(e->deadline(), now);
      ASSERT_GT(e->deadline() + wheel.tick(), now);
    }
  }
  EXPECT_EQ(fired, entries.size());
  EXPECT_TRUE(wheel.empty());
}

// Random operations beside a sorted map: what the map calls due for a whole tick must have fired, and nothing else.
void compare_with_model(unsigned seed) {
  std::mt19937_64 random{seed};
  const auto tick = std::chrono::milliseconds{1 + random() % 100};
  time_point now = time_point{} + std::chrono::nanoseconds{random() % 1'000'000'000'000};
  timer_wheel wheel{now, tick};
  std::vector<std::unique_ptr<timer_wheel::entry>> entries(200);
  for (auto& e : entries) e = std::make_unique<timer_wheel::entry>();
  std::map<timer_wheel::entry*, time_point> model;
  const auto span = [&] { return std::chrono::nanoseconds{random() % (1ULL << (10 + random() % 42))}; };

  for (int step = 0; step < 20000; ++step) {
    auto& chosen = entries[random() % entries.size()];
    switch (random() % 8) {
      case 0:
        model.erase(chosen.get());
        wheel.cancel(*chosen);
        break;
      case 1:
        model.erase(chosen.get());
        chosen = std::make_unique<timer_wheel::entry>();
        break;
      case 2: {
        now += span();
        while (auto* e = wheel.advance(now)) {
          ASSERT_TRUE(model.contains(e));
          ASSERT_LE(model[e], now);
          model.erase(e);
        }
        for (const auto& [e, deadline] : model) ASSERT_GT(deadline + tick, now);
        break;
      }
      default: {
        const auto deadline = random() % 10 == 0 ? now - span() : now + span();
        wheel.arm(*chosen, deadline);
        model[chosen.get()] = deadline;
      }
    }
    ASSERT_EQ(wheel.empty(), model.empty());
  }
}

TEST(timer_wheel, agrees_with_a_sorted_map) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    compare_with_model(seed);
    if (testing::Test::HasFatalFailure()) FAIL() << "seed " << seed;
  }
}

TEST(time, has_an_end_that_long_waits_come_to) {
  const auto now = clock::now();
  using std::chrono::milliseconds;
  EXPECT_EQ(after(now, milliseconds{5}), now + milliseconds{5});
  EXPECT_EQ(after(now, milliseconds::max()), time_point::max());
  EXPECT_EQ(after(time_point::max(), milliseconds{1}), time_point::max());
  EXPECT_EQ(after(now, milliseconds::min()), now);
}

TEST(timer_wheel, never_comes_to_the_end_of_time) {
  const auto now = clock::now();
  timer_wheel wheel{now};
  timer_wheel::entry e;
  wheel.arm(e, time_point::max());
  EXPECT_EQ(wheel.advance(now + std::chrono::hours{24 * 365 * 30}), nullptr);
  EXPECT_TRUE(e.is_armed());
}

}  // namespace
}  // namespace encke
