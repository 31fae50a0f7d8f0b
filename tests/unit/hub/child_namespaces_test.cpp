// SPDX-License-Identifier: MIT
// Namespaces that come with their first client and go with the last.
#include <gtest/gtest.h>

#include "support/hub_fixture.hpp"
#include "support/ledger_check.hpp"

namespace encke::test {
namespace {

using strings = std::vector<std::string>;

class children : public testing::Test {
 protected:
  children() {
    at.core().set_new_namespace_hook([this](std::string_view name) { made.emplace_back(name); });
    parent.on("who", [](socket s) { return std::string{s.nsp()}; });
    parent.on("shout", [](socket s, const arguments& all) { s.to("a").emit("shouted", all); });
    parent.on_connect([](const socket& s) { s.join("a"); });
  }
  // How many namespaces came by a parent.
  std::size_t count() { return at.core().spaces().names().size() - 1; }
  target in(std::string_view name) {
    const auto found = at.core().spaces().find_any(name);
    return target{found ? *found : at.core().spaces().nobody()};
  }

  ledger_check nothing_left_;
  hub_fixture at{{}, 2};
  nsp& parent = at.core()
                    .spaces()
                    .add_parent("/room-*",
                                [this](std::string_view name, const handshake& sent) {
                                  if (name == "/room-broken") throw std::runtime_error{"broken"};
                                  return name.starts_with("/room-") && !sent.auth.contains("banned");
                                })
                    .api();
  strings made;
};

TEST_F(children, come_with_their_first_client_and_go_with_the_last) {
  at.open();
  auto one = at.connect(), two = at.connect();
  EXPECT_EQ(one->joins("/room-1").substr(0, 9), "40/room-1");
  EXPECT_EQ(two->joins("/room-1").substr(0, 9), "40/room-1");
  EXPECT_EQ(count(), 1U);
  one->says(R"(2/room-1,7["who"])");
  EXPECT_EQ(one->link.take(), strings{R"(43/room-1,7["/room-1"])"});
  one->says("1/room-1,");
  EXPECT_EQ(count(), 1U);
  two->says("1/room-1,");
  EXPECT_EQ(count(), 0U);
  EXPECT_EQ(one->joins("/room-1").substr(0, 9), "40/room-1");
  EXPECT_EQ(made, (strings{"/room-1", "/room-1"}));
}

TEST_F(children, are_apart) {
  at.open();
  auto one = at.connect(), two = at.connect(), three = at.connect();
  one->joins("/room-1");
  two->joins("/room-2");
  three->joins("/room-1");
  one->says(R"(2/room-1,["shout",1])");
  at.run();
  EXPECT_EQ(two->link.take(), strings{});
  EXPECT_EQ(three->link.take(), strings{R"(42/room-1,["shouted",1])"});
}

TEST_F(children, are_reached_from_outside_by_name_and_all_by_their_parent) {
  at.open();
  auto one = at.connect(), two = at.connect();
  one->joins("/room-1");
  two->joins("/room-2");
  in("/room-1").to("a").emit("x", 1);
  in("/room-3").emit("x", 2);
  parent.emit("all", 3);
  at.run();
  EXPECT_EQ(one->link.take(), (strings{R"(42/room-1,["x",1])", R"(42/room-1,["all",3])"}));
  EXPECT_EQ(two->link.take(), strings{R"(42/room-2,["all",3])"});
  parent.everyone().disconnect();
  at.run();
  EXPECT_EQ(one->link.take(), strings{"41/room-1,"});
  EXPECT_EQ(count(), 0U);
}

TEST_F(children, live_as_long_as_somebody_holds_them) {
  at.open();
  auto one = at.connect();
  one->joins("/room-1");
  {
    const auto kept = in("/room-1");
    one->says("1/room-1,");
    EXPECT_EQ(count(), 1U);
    kept.emit("x");
    at.run();
  }
  EXPECT_EQ(count(), 0U);
}

TEST_F(children, that_no_parent_accepts_are_refused_and_leave_nothing) {
  at.open();
  auto one = at.connect();
  EXPECT_EQ(one->joins("/other"), R"(44/other,{"message":"Invalid namespace"})");
  EXPECT_EQ(one->joins("/room-broken"), R"(44/room-broken,{"message":"Invalid namespace"})");
  EXPECT_EQ(at.count(counter::handler_errors), 1U);
  one->says(R"(0/room-1,{"banned":true})");
  EXPECT_EQ(one->link.take(), strings{R"(44/room-1,{"message":"Invalid namespace"})"});
  EXPECT_EQ(at.count(counter::sockets_refused), 3U);
  EXPECT_EQ(count(), 0U);
  EXPECT_EQ(made, strings{});
}

TEST_F(children, have_the_middleware_of_their_parent) {
  parent.use([](const socket& s) { return s.nsp() == "/room-9" ? refuse("not this one") : admit; });
  at.open();
  auto one = at.connect();
  EXPECT_EQ(one->joins("/room-9"), R"(44/room-9,{"message":"not this one"})");
  EXPECT_EQ(count(), 0U);
  EXPECT_EQ(one->joins("/room-8").substr(0, 9), "40/room-8");
}

TEST_F(children, give_way_to_a_namespace_that_was_named) {
  at.of("/room-0").on("who", [](socket) { return "named"; });
  at.open();
  auto one = at.connect();
  one->joins("/room-0");
  one->says(R"(2/room-0,1["who"])");
  EXPECT_EQ(one->link.take(), strings{R"(43/room-0,1["named"])"});
  EXPECT_EQ(made, strings{});
}

}  // namespace
}  // namespace encke::test
