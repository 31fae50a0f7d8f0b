// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "support/hub_fixture.hpp"

namespace encke::hub {
namespace {

// Sockets without clients: rooms only look at ids, places and phases.
class rooms_test : public testing::Test {
 protected:
  void TearDown() override {
    for (auto& [id, socket] : sockets_) all_.remove(*socket);
    sockets_.clear();
    EXPECT_EQ(ledger::snapshot().bytes(), before_);
  }

  socket_state& add(const std::string& id) {
    socket_ptr made{new socket_state{id, hub_.core().of("/"), hub_.worker().shard(), *client_slot_}};
    made->state = socket_state::phase::connected;
    all_.add(*made);
    return *sockets_.emplace(id, std::move(made)).first->second;
  }
  void remove(const std::string& id) {
    all_.remove(*sockets_.at(id));
    sockets_.erase(id);
  }
  std::vector<std::string> reached(const selection& who) {
    std::vector<std::string> ids;
    all_.for_each(who, [&](socket_state& socket) { ids.emplace_back(socket.id); });
    std::sort(ids.begin(), ids.end());
    return ids;
  }

  test::hub_fixture hub_;
  std::int64_t before_ = ledger::snapshot().bytes();
  client* client_slot_ = reinterpret_cast<client*>(this);  // never looked at
  rooms all_;
  std::map<std::string, socket_ptr> sockets_;
};

using ids = std::vector<std::string>;

TEST_F(rooms_test, reaches_everybody_when_no_room_is_named) {
  add("a");
  add("b");
  EXPECT_EQ(reached({}), (ids{"a", "b"}));
}

TEST_F(rooms_test, reaches_a_member_of_two_rooms_once) {
  auto& a = add("a");
  auto& b = add("b");
  add("c");
  all_.join(a, "x");
  all_.join(a, "y");
  all_.join(b, "y");
  EXPECT_EQ(reached({.rooms = {"x", "y"}, .except = {}}), (ids{"a", "b"}));
}

TEST_F(rooms_test, leaves_out_members_of_an_excepted_room) {
  auto& a = add("a");
  auto& b = add("b");
  all_.join(a, "muted");
  all_.join(a, "x");
  all_.join(b, "x");
  EXPECT_EQ(reached({.rooms = {"x"}, .except = {"muted"}}), ids{"b"});
  EXPECT_EQ(reached({.rooms = {}, .except = {"muted"}}), ids{"b"});
}

TEST_F(rooms_test, takes_a_sockets_id_for_a_room) {
  add("a");
  add("b");
  EXPECT_EQ(reached({.rooms = {"b"}, .except = {}}), ids{"b"});
  EXPECT_EQ(reached({.rooms = {}, .except = {"b"}}), ids{"a"});
}

TEST_F(rooms_test, does_not_reach_a_socket_that_is_not_connected) {
  add("a").state = socket_state::phase::gone;
  EXPECT_EQ(reached({}), ids{});
}

TEST_F(rooms_test, joining_twice_is_joining_once) {
  auto& a = add("a");
  all_.join(a, "x");
  all_.join(a, "x");
  EXPECT_EQ(a.rooms.size(), 1U);
  all_.leave(a, "x");
  EXPECT_EQ(reached({.rooms = {"x"}, .except = {}}), ids{});
}

TEST_F(rooms_test, lists_rooms_by_name_from_a_cursor) {
  auto& a = add("a");
  auto& b = add("b");
  for (const auto* name : {"c", "a", "d", "b"}) all_.join(a, name);
  all_.join(b, "b");
  const auto listed = all_.list("a", 2);
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].name, "b");
  EXPECT_EQ(listed[0].size, 2U);
  EXPECT_EQ(listed[1].name, "c");
}

// The same moves on a model that is too simple to be wrong.
TEST_F(rooms_test, agrees_with_a_model_after_any_moves) {
  std::mt19937 random{7};
  std::map<std::string, std::set<std::string>> model;  // socket -> rooms
  const auto name = [&](const char* prefix, unsigned of) { return prefix + std::to_string(random() % of); };
  for (int step = 0; step < 20'000; ++step) {
    const auto id = name("socket", 12), room = name("room", 5);
    const bool there = model.contains(id);
    switch (random() % 5) {
      case 0:
        if (!there) add(id), model[id];
        break;
      case 1:
        if (there) remove(id), model.erase(id);
        break;
      case 2:
      case 3:
        if (there) all_.join(*sockets_.at(id), room), model[id].insert(room);
        break;
      default:
        if (there) all_.leave(*sockets_.at(id), room), model[id].erase(room);
        break;
    }
    if (step % 16 != 0) continue;
    const auto other = name("room", 5);
    ids expected;
    for (const auto& [socket, in] : model)
      if (in.contains(room) && !in.contains(other)) expected.push_back(socket);
    ASSERT_EQ(reached({.rooms = {room}, .except = {other}}), expected) << step;
  }
}

TEST(rooms_of_several_workers, are_one_each_with_all_their_members) {
  const auto all = hub::sum_by_name({{{"b", 1, 10}, {"c", 2, 20}}, {}, {{"a", 3, 30}, {"c", 4, 40}}, {{"c", 5, 50}}});
  std::string text;
  for (const auto& one : all) text += one.name + std::to_string(one.size) + ":" + std::to_string(one.bytes) + " ";
  EXPECT_EQ(text, "a3:30 b1:10 c11:110 ");
  EXPECT_TRUE(hub::sum_by_name({}).empty());
}

}  // namespace
}  // namespace encke::hub
