// SPDX-License-Identifier: MIT
// What a namespace tells its hooks: rooms that begin and end, who joins and leaves them, and what is sent.
#include <gtest/gtest.h>

#include "support/hub_fixture.hpp"
#include "support/ledger_check.hpp"

namespace encke::test {
namespace {

using strings = std::vector<std::string>;

class hooks : public testing::Test {
 protected:
  room_handler note(std::string_view what) {
    return [this, what](const room_event& e) {
      seen.push_back(std::string{what} + " " + std::string{e.nsp} + " " + std::string{e.room} +
                     (e.socket.id().empty() ? "" : " by somebody"));
    };
  }

  ledger_check nothing_left_;
  hub_fixture at{{}, 2};
  nsp& root = at.of("/");
  strings seen;
};

TEST_F(hooks, are_told_of_rooms_on_all_workers_together) {
  root.on_create_room(note("create")).on_delete_room(note("delete"));
  root.on("join", [](socket s, const std::string& room) { s.join(room); });
  root.on("leave", [](socket s, const std::string& room) { s.leave(room); });
  at.open();
  auto one = at.connect(), two = at.connect();  // on different workers
  one->joins();
  two->joins();
  const auto say = [&](manual_client& who, std::string_view what) {
    who.says(what);
    at.run();
    return std::exchange(seen, {});
  };
  EXPECT_EQ(say(*one, R"(2["join","a"])"), strings{"create / a"});
  EXPECT_EQ(say(*two, R"(2["join","a"])"), strings{});
  EXPECT_EQ(say(*one, R"(2["join","a"])"), strings{});
  EXPECT_EQ(say(*one, R"(2["leave","a"])"), strings{});
  EXPECT_EQ(say(*two, R"(2["join","b"])"), strings{"create / b"});
  two->end(reason::transport_close);
  at.run();
  std::ranges::sort(seen);
  EXPECT_EQ(seen, (strings{"delete / a", "delete / b"}));
}

TEST_F(hooks, are_told_who_joins_and_leaves) {
  root.on_join_room(note("join")).on_leave_room(note("leave"));
  root.on_join_room([](const room_event&) { throw std::runtime_error{"broken"}; });
  root.on_connect([](const socket& s) {
    s.join("a");
    s.leave("a");
    s.leave("nowhere");
    s.join("b");
  });
  root.on_disconnect([this](const socket&, reason) { seen.emplace_back("gone"); });
  at.open();
  auto one = at.connect();
  one->joins();
  one->says("1");
  EXPECT_EQ(seen, (strings{"join / a by somebody", "leave / a by somebody", "join / b by somebody",
                           "leave / b by somebody", "gone"}));
  EXPECT_EQ(at.count(counter::handler_errors), 2U);
}

TEST_F(hooks, see_what_is_sent_once_for_all_who_get_it) {
  root.on_any_outgoing([this](const outgoing& what) {
    seen.push_back(std::string{what.event} + ":" + what.args.text() + ":" +
                   (what.rooms.empty() ? "" : what.rooms.front()) + (what.socket.empty() ? "" : "one"));
  });
  root.on("go", [this](socket s) {
    s.emit("say \"it\"", 1, "x");
    s.emit("nothing");
    root.to("a").emit("all", bytes{"data"});
  });
  at.open();
  auto one = at.connect();
  one->joins();
  one->says(R"(2["go"])");
  EXPECT_EQ(seen, (strings{R"(say "it":1,"x":one)", "nothing::one", R"(all:{"_placeholder":true,"num":0}:a)"}));
}

}  // namespace
}  // namespace encke::test
