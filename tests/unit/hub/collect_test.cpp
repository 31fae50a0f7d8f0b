// SPDX-License-Identifier: MIT
// Looking at all sockets of a target: where they live, a bounded number at a time, while they come and go.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <hub/walk.hpp>
#include <map>
#include <stdexcept>

#include "support/hub_fixture.hpp"
#include "support/ledger_check.hpp"

namespace encke::test {
namespace {

using testing::ElementsAre;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using strings = std::vector<std::string>;

// Clients on two workers; each socket's data is its number.
class collecting : public testing::Test {
 protected:
  collecting() : at{{}, 2} {
    root.on_connect([this](const socket& s) {
      s.data<std::size_t>() = sockets.size();
      sockets.push_back(s);
    });
    at.core().set_error_hook(
        [this](const fault& one) { faults.push_back(std::string{one.handler} + ": " + std::string{one.what}); });
    at.open();
  }
  void connect(std::size_t count, std::size_t worker) {
    for (std::size_t i = 0; i < count; ++i) {
      clients.push_back(at.connect(socketio::dialect::v5, worker));
      clients.back()->joins();
    }
  }
  template <class Value>
  Value wait_for(task<Value> running) {
    std::optional<Value> value;
    at.start(std::move(running), value);
    at.run();
    return value.value();
  }

  ledger_check nothing_left_;
  hub_fixture at;
  nsp& root = at.of("/");
  std::vector<socket> sockets;
  strings faults;
  std::vector<std::unique_ptr<manual_client>> clients;
};

TEST_F(collecting, brings_what_is_known_where_a_socket_lives) {
  connect(2, 0);
  connect(2, 1);
  const auto number = [](const socket& s) {
    EXPECT_TRUE(s.state()->home.is_here());
    return s.data<std::size_t>();
  };
  EXPECT_THAT(wait_for(root.everyone().collect(100, number)), UnorderedElementsAre(0, 1, 2, 3));
  EXPECT_THAT(wait_for(root.to("nobody").collect(100, number)), SizeIs(0));
  const auto facts = wait_for(root.everyone().collect(100, [](const socket& s) { return s.info(); }));
  ASSERT_THAT(facts, SizeIs(4));
  EXPECT_EQ(facts.front().address, "192.0.2.1");
}
TEST_F(collecting, leaves_out_sockets_of_which_nothing_is_wanted) {
  connect(2, 0);
  connect(2, 1);
  const auto odd = [](const socket& s) {
    const auto number = s.data<std::size_t>();
    return number % 2 == 1 ? std::optional{number} : std::nullopt;
  };
  EXPECT_THAT(wait_for(root.everyone().collect(100, odd)), UnorderedElementsAre(1, 3));
}
TEST_F(collecting, brings_values_of_any_type) {
  connect(2, 0);
  const auto is_first = [](const socket& s) { return s.data<std::size_t>() == 0; };
  EXPECT_THAT(wait_for(root.everyone().collect(100, is_first)), UnorderedElementsAre(true, false));
  const auto boxed = [](const socket& s) { return std::make_unique<std::size_t>(s.data<std::size_t>()); };
  std::optional<std::vector<std::unique_ptr<std::size_t>>> boxes;
  at.start(root.everyone().collect(100, boxed), boxes);
  at.run();
  EXPECT_THAT(boxes.value(), UnorderedElementsAre(testing::Pointee(0U), testing::Pointee(1U)));
}
TEST_F(collecting, brings_no_more_than_was_asked_for) {
  connect(5, 0);
  connect(5, 1);
  std::size_t looks = 0;
  const auto number = [&](const socket& s) {
    ++looks;
    return s.data<std::size_t>();
  };
  EXPECT_THAT(wait_for(root.everyone().collect(3, number)), SizeIs(3));
  EXPECT_EQ(looks, 6U);  // three on each worker
  EXPECT_THAT(wait_for(root.everyone().collect(0, number)), SizeIs(0));
  EXPECT_EQ(looks, 6U);
}
TEST_F(collecting, leaves_out_a_socket_at_which_the_function_throws) {
  connect(2, 0);
  connect(1, 1);
  const auto thrower = [](const socket& s) {
    if (s.data<std::size_t>() == 1) throw std::runtime_error{"not this one"};
    return s.data<std::size_t>();
  };
  EXPECT_THAT(wait_for(root.everyone().collect(100, thrower)), UnorderedElementsAre(0, 2));
  EXPECT_THAT(faults, ElementsAre("collect: not this one"));
  EXPECT_EQ(at.count(counter::handler_errors), 1U);
}
TEST_F(collecting, may_disconnect_those_it_looks_at) {
  connect(3, 0);
  const auto last = [](const socket& s) {
    s.disconnect(true);
    return s.info().id;
  };
  EXPECT_THAT(wait_for(root.everyone().collect(100, last)), SizeIs(3));
  EXPECT_EQ(wait_for(root.everyone().count()), 0U);
}
TEST_F(collecting, counts_without_a_limit) {
  connect(3, 0);
  connect(2, 1);
  for (auto& one : sockets) one.join("all");
  sockets[0].join("a");
  sockets[1].join("b");
  at.run();
  EXPECT_EQ(wait_for(root.everyone().count()), 5U);
  EXPECT_EQ(wait_for(root.to("all").count()), 5U);
  EXPECT_EQ(wait_for(root.to(sockets[0].id()).count()), 1U);
  EXPECT_EQ(wait_for(root.to("a").to("all").to(sockets[1].id()).count()), 5U);
  EXPECT_EQ(wait_for(root.to("all").except("a").except(sockets[1].id()).count()), 3U);
  EXPECT_EQ(wait_for(root.to("nobody").count()), 0U);
}

// --- a crowd on one worker ----------------------------------------------------------------------------------------

class walks : public collecting {
 protected:
  walks() {
    connect(crowd, 0);
    hub::shard::set_current(&at.worker().shard());
  }
  ~walks() override { hub::shard::set_current(nullptr); }
  [[nodiscard]] hub::walk through(hub::selection who) {
    return {at.worker().shard(), {&at.core().of("/")}, std::make_shared<const hub::selection>(std::move(who))};
  }
  // How often each socket was found; between two turns `meanwhile` runs.
  template <class Meanwhile>
  std::map<const hub::socket_state*, int> found_by(hub::walk way, Meanwhile&& meanwhile) {
    std::map<const hub::socket_state*, int> found;
    for (bool are_more = true; are_more;) {
      std::vector<hub::socket_ptr> next;
      are_more = way.next(next);
      EXPECT_LE(next.size(), hub::walk::at_once + 1);
      for (const auto& one : next) ++found[one.get()];
      meanwhile();
    }
    return found;
  }

  static constexpr std::size_t crowd = 3 * hub::walk::at_once;
};

TEST_F(walks, look_at_a_thousand_before_others_get_their_turn) {
  auto way = through({});
  std::vector<hub::socket_ptr> next;
  EXPECT_TRUE(way.next(next));
  EXPECT_THAT(next, SizeIs(hub::walk::at_once));
  EXPECT_THAT(found_by(through({{"nobody"}, {}, false}), [] {}), SizeIs(0));
}
TEST_F(walks, find_each_socket_that_stays_once_while_others_come_and_go) {
  for (auto& one : sockets) one.join("a");
  std::size_t leaves = 0;
  for (const auto& who : {hub::selection{}, hub::selection{{"a"}, {}, false}, hub::selection{{"b", "a"}, {}, false}}) {
    const auto found = found_by(through(who), [&] {
      for (int i = 0; i < 50; ++i, leaves += 3) sockets[leaves].disconnect();  // here and there
      connect(20, 0);
      hub::shard::set_current(&at.worker().shard());
    });
    for (const auto& [one, times] : found) EXPECT_EQ(times, 1);
    for (std::size_t i = 0; i < crowd; ++i)
      EXPECT_TRUE(!sockets[i].is_connected() || found.contains(sockets[i].state().get()));
  }
}
TEST_F(walks, leave_out_whom_the_selection_leaves_out) {
  for (std::size_t i = 0; i < crowd; i += 2) sockets[i].join("even");
  EXPECT_THAT(found_by(through({{}, {"even"}, false}), [] {}), SizeIs(crowd / 2));
  EXPECT_THAT(found_by(through({{"even", std::string{sockets[1].id()}}, {}, false}), [] {}), SizeIs(crowd / 2 + 1));
}

}  // namespace
}  // namespace encke::test
