// SPDX-License-Identifier: MIT
// The ledger: each way of charging gives back exactly what it took, on whatever thread, and the report adds up.
#include <encke/ledger.hpp>

#include <gtest/gtest.h>

#include <barrier>
#include <map>
#include <set>
#include <thread>

namespace encke::ledger {
namespace {

struct change {
  std::int64_t bytes;
  std::int64_t objects;
  bool operator==(const change&) const = default;
};

struct ledger_test : testing::Test {
  totals before = snapshot();

  [[nodiscard]] change since(purpose p) const {
    const auto now = snapshot();
    return {now[p].bytes - before[p].bytes, now[p].objects - before[p].objects};
  }
  void TearDown() override {
    const auto after = snapshot();
    for (std::size_t i = 0; i < purposes; ++i) {
      EXPECT_EQ(after.by_purpose[i].bytes, before.by_purpose[i].bytes);
      EXPECT_EQ(after.by_purpose[i].objects, before.by_purpose[i].objects);
    }
  }
};

TEST_F(ledger_test, a_vector_is_charged_by_its_capacity) {
  vector<int, purpose::outbox> places;
  EXPECT_EQ(since(purpose::outbox), (change{0, 0}));
  places.reserve(100);
  EXPECT_EQ(since(purpose::outbox), (change{400, 1}));
  places.resize(1000);
  EXPECT_EQ(since(purpose::outbox), (change{static_cast<std::int64_t>(places.capacity() * 4), 1}));
  auto moved = std::move(places);
  EXPECT_EQ(since(purpose::outbox), (change{static_cast<std::int64_t>(moved.capacity() * 4), 1}));
}

TEST_F(ledger_test, a_string_is_charged_once_it_leaves_its_object) {
  string<purpose::handshake> text{"short"};
  EXPECT_EQ(since(purpose::handshake), (change{0, 0}));
  text.assign(1000, 'x');
  EXPECT_EQ(since(purpose::handshake), (change{static_cast<std::int64_t>(text.capacity() + 1), 1}));
}

TEST_F(ledger_test, node_containers_charge_their_nodes) {
  std::map<int, int, std::less<>, allocator<std::pair<const int, int>, purpose::room>> rooms;
  for (int i = 0; i < 10; ++i) rooms[i] = i;
  EXPECT_EQ(since(purpose::room).objects, 10);
  EXPECT_GE(since(purpose::room).bytes, static_cast<std::int64_t>(10 * sizeof(std::pair<const int, int>)));
}

struct base_session : charged<purpose::session> {
  virtual ~base_session() = default;
  int number = 0;
};
struct larger_session final : base_session {
  std::array<char, 500> more{};
};

TEST_F(ledger_test, an_object_is_charged_by_its_own_size_even_through_its_base) {
  std::unique_ptr<base_session> one = std::make_unique<larger_session>();
  EXPECT_EQ(since(purpose::session), (change{sizeof(larger_session), 1}));
  one = std::make_unique<base_session>();
  EXPECT_EQ(since(purpose::session), (change{sizeof(base_session), 1}));
}

TEST_F(ledger_test, an_object_that_throws_in_its_constructor_leaves_no_charge) {
  struct thrower : charged<purpose::session> {
    thrower() { throw 1; }
  };
  EXPECT_THROW(new thrower, int);
  EXPECT_EQ(since(purpose::session), (change{0, 0}));
}

TEST_F(ledger_test, a_shared_object_is_charged_until_the_last_holder_leaves) {
  auto one = make_shared<std::array<char, 100>, purpose::frame>();
  auto two = one;
  EXPECT_EQ(since(purpose::frame).objects, 1);
  EXPECT_GE(since(purpose::frame).bytes, 100);
  one.reset();
  EXPECT_EQ(since(purpose::frame).objects, 1);
  two.reset();
  EXPECT_EQ(since(purpose::frame), (change{0, 0}));
}

TEST_F(ledger_test, a_charge_moves_with_its_owner) {
  charge one{purpose::tls, 1000};
  EXPECT_EQ(since(purpose::tls), (change{1000, 1}));
  charge two{std::move(one)};
  EXPECT_EQ(since(purpose::tls), (change{1000, 1}));
  EXPECT_EQ(two.bytes(), 1000U);
  two = charge{purpose::identity, 10};
  EXPECT_EQ(since(purpose::tls), (change{0, 0}));
  EXPECT_EQ(since(purpose::identity), (change{10, 1}));
  charge& same = two;
  two = std::move(same);
  EXPECT_EQ(two.bytes(), 10U);
  two.reset();
  two.reset();
  EXPECT_EQ(since(purpose::identity), (change{0, 0}));
}

TEST_F(ledger_test, a_charge_of_nothing_leaves_nothing) {
  { const charge nothing{purpose::tls, 0}; }
  EXPECT_EQ(since(purpose::tls), (change{0, 0}));
}

TEST_F(ledger_test, another_thread_may_release) {
  charge held{purpose::ack, 64};
  std::thread{[moved = std::move(held)]() mutable { moved.reset(); }}.join();
  EXPECT_EQ(since(purpose::ack), (change{0, 0}));
}

TEST_F(ledger_test, charges_outlive_the_thread_that_made_them) {
  charge held;
  std::thread{[&] { held = charge{purpose::presence, 77}; }}.join();
  EXPECT_EQ(since(purpose::presence), (change{77, 1}));
}

totals sum_of(const std::vector<std::pair<std::string, totals>>& lines) {
  totals sum;
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < purposes; ++i) {
      sum.by_purpose[i].bytes += line.second.by_purpose[i].bytes;
      sum.by_purpose[i].objects += line.second.by_purpose[i].objects;
    }
  }
  return sum;
}

TEST_F(ledger_test, the_report_names_threads_and_adds_up_to_the_snapshot) {
  const charge unnamed{purpose::room, 5};
  charge left_behind;
  std::barrier step{2};
  std::thread worker{[&] {
    name_thread("worker under test");
    const charge mine{purpose::socket, 123};
    left_behind = charge{purpose::client, 9};
    step.arrive_and_wait();
    step.arrive_and_wait();
  }};
  step.arrive_and_wait();
  auto lines = report();
  EXPECT_EQ(lines.back().first, "others");
  bool found = false;
  for (const auto& [name, held] : lines) {
    if (name != "worker under test") continue;
    found = true;
    EXPECT_EQ(held[purpose::socket].bytes, 123);
    EXPECT_EQ(held[purpose::client].bytes, 9);
    EXPECT_EQ(held.bytes(), 132);
    EXPECT_EQ(held.objects(), 2);
  }
  EXPECT_TRUE(found);
  EXPECT_EQ(sum_of(lines).bytes(), snapshot().bytes());
  step.arrive_and_wait();
  worker.join();

  lines = report();
  for (const auto& line : lines) EXPECT_NE(line.first, "worker under test");
  const auto sum = sum_of(lines);
  const auto all = snapshot();
  for (std::size_t i = 0; i < purposes; ++i) {
    EXPECT_EQ(sum.by_purpose[i].bytes, all.by_purpose[i].bytes);
    EXPECT_EQ(sum.by_purpose[i].objects, all.by_purpose[i].objects);
  }
  EXPECT_EQ(since(purpose::client), (change{9, 1}));
}

TEST_F(ledger_test, snapshots_may_be_taken_while_others_charge) {
  std::thread worker{[] {
    for (int i = 0; i < 100000; ++i) const charge one{purpose::frame, 10};
  }};
  for (int i = 0; i < 100; ++i) (void)snapshot();
  worker.join();
  EXPECT_EQ(since(purpose::frame), (change{0, 0}));
}

TEST_F(ledger_test, what_the_server_holds_for_itself_is_added_up_apart) {
  const charge client{purpose::session, 10}, own{purpose::cache, 100};
  const auto now = snapshot();
  EXPECT_EQ(now.bytes() - before.bytes(), 10);
  EXPECT_EQ(now.objects() - before.objects(), 1);
  EXPECT_EQ(now.server_bytes() - before.server_bytes(), 100);
}

// Told once for a whole process, so in one of its own.
TEST(ledger_classes, once_told_it_charges_what_the_allocator_sets_aside) {
  const auto charged = [](std::size_t size) {
    const auto before = snapshot()[purpose::outbox].bytes;
    const vector<char, purpose::outbox> held(size);
    return snapshot()[purpose::outbox].bytes - before;
  };
  EXPECT_EQ(set_aside(100), 100U);
  EXPECT_EXIT(
      {
        use_size_classes([](std::size_t size) { return (size + 127) / 128 * 128; });
        const bool is_right = charged(1) == 128 && charged(128) == 128 && charged(129) == 256 &&
                              charged(4096) == 4096 && charged(4097) == 4224 && set_aside(0) == 0;
        std::exit(is_right ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

TEST_F(ledger_test, every_purpose_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < purposes; ++i) names.insert(to_string(static_cast<purpose>(i)));
  EXPECT_EQ(names.size(), purposes);
  EXPECT_FALSE(names.contains("unknown"));
}

}  // namespace
}  // namespace encke::ledger
