// SPDX-License-Identifier: MIT
// Ways out of time: heartbeats that are missing or wrong, and clients that never join a namespace.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "exits/exit_support.hpp"

namespace encke::test {
namespace {

class heartbeat_exit : public exit_test {
 protected:
  heartbeat_exit() : exit_test{quick()} {}
  static options quick() {
    auto o = exit_options();
    o.ping_interval = 200ms;
    o.ping_timeout = 150ms;
    o.connect_timeout = 10s;
    return o;
  }
};

TEST_P(heartbeat_exit, client_that_falls_silent) {
  serve();
  auto one = client();
  one.join();
  if (GetParam().by == carrier::polling) one.send_get();
  EXPECT_TRUE(server().reaches(reason::ping_timeout, 1));
}
TEST_P(heartbeat_exit, client_that_falls_silent_after_some_heartbeats) {
  serve();
  auto one = client();
  one.join();
  for (int i = 0; i < 3; ++i) {
    if (GetParam().eio == 4) {
      EXPECT_EQ(one.receive(), "2");
      one.send("3");
    } else {
      one.send("2");
      EXPECT_EQ(one.receive(), "3");
    }
  }
  EXPECT_EQ(server().count(reason::ping_timeout), 0U);
  EXPECT_TRUE(server().reaches(reason::ping_timeout, 1));
}
TEST_P(heartbeat_exit, heartbeat_in_the_wrong_direction) {
  serve();
  auto one = client();
  one.join();
  one.send(GetParam().eio == 4 ? "2" : "3");
  EXPECT_TRUE(server().reaches(reason::transport_error, 1));
}
class upgraded_heartbeat_exit : public heartbeat_exit {};

TEST_P(upgraded_heartbeat_exit, client_that_falls_silent_after_an_upgrade) {
  serve();
  auto one = client();
  one.join();
  one.upgrade();
  EXPECT_TRUE(server().reaches(reason::ping_timeout, 1));
}

INSTANTIATE_TEST_SUITE_P(each, heartbeat_exit, testing::ValuesIn(every_way), name_of);
INSTANTIATE_TEST_SUITE_P(each, upgraded_heartbeat_exit, testing::ValuesIn(every_polling), name_of);

class connect_timeout_exit : public exit_test {
 protected:
  connect_timeout_exit() : exit_test{quick()} {}
  static options quick() {
    auto o = exit_options();
    o.connect_timeout = 200ms;
    return o;
  }
};

TEST_P(connect_timeout_exit, client_that_never_joins) {
  server().io().use([](const socket&) { return refuse("nobody gets in"); });
  serve();
  auto one = client();
  if (GetParam().eio == 3) {
    EXPECT_EQ(one.receive_message(), R"(44"nobody gets in")");
  }
  if (GetParam().by == carrier::polling) one.send_get();
  EXPECT_TRUE(server().reaches(counter::sessions_closed, 1));
  EXPECT_EQ(server().count(counter::sockets_connected), 0U);
}
TEST_P(connect_timeout_exit, client_that_is_only_refused) {
  server().io().use([](const socket&) { return refuse("nobody gets in"); });
  serve();
  auto one = client();
  EXPECT_EQ(one.join().substr(0, 2), "44");
  if (GetParam().by == carrier::polling) one.send_get();
  EXPECT_TRUE(server().reaches(counter::sessions_closed, 1));
}
TEST_P(connect_timeout_exit, middleware_that_never_decides) {
  std::atomic<bool> leave = false;
  std::atomic<int> inside = 0;
  server().root().use([&](socket) -> task<admission> {
    ++inside;
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    while (!leave) {
      timer.expires_after(5ms);
      co_await timer.async_wait(boost::asio::use_awaitable);
    }
    --inside;
    co_return admit;
  });
  serve();
  auto one = client();
  if (GetParam().eio == 4) one.send("40");
  if (GetParam().by == carrier::polling) one.send_get();
  EXPECT_TRUE(server().reaches(counter::sessions_closed, 1));
  leave = true;
  EXPECT_TRUE(eventually([&] { return inside == 0; }));
  EXPECT_EQ(server().count(counter::sockets_connected), 0U);
}

INSTANTIATE_TEST_SUITE_P(each, connect_timeout_exit, testing::ValuesIn(every_way), name_of);

}  // namespace
}  // namespace encke::test
