// SPDX-License-Identifier: MIT
// Ways out when the server stops: each kind of client in each state, and coroutines that were waiting for something.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "exits/exit_support.hpp"

namespace encke::test {
namespace {

class shutdown_exit : public exit_test {
 protected:
  void stop() {
    at.nothing_left.reset();  // what is left must be gone with the server: its own check looks for that
    server().stop(300ms);
  }
  engine_client joined() {
    auto one = client();
    EXPECT_EQ(one.join().substr(0, 2), "40");
    return one;
  }
};

TEST_P(shutdown_exit, with_a_joined_client) {
  std::atomic<int> left = 0;
  server().root().on_disconnect([&](const socket&, reason why) { left += why == reason::server_shutting_down; });
  at.server.start();
  auto one = joined();
  if (GetParam().by == carrier::polling) {
    one.send_get();
    EXPECT_TRUE(server().reaches(counter::http_requests, GetParam().eio == 4 ? 4 : 3));
  }
  std::jthread stopping{[this] { server().stop(2000ms); }};
  if (GetParam().by == carrier::polling)
    EXPECT_EQ(one.receive_pending(), "1");
  else
    EXPECT_EQ(one.wire().read_text(), "closed 1005");
  one.wire().close();
  if (GetParam() == polling) one.posts().close();
  stopping.join();
  EXPECT_EQ(left, 1);
}
TEST_P(shutdown_exit, with_a_client_that_does_not_poll) {
  at.server.start();
  auto one = joined();
  stop();
}
TEST_P(shutdown_exit, with_a_client_that_has_not_joined) {
  at.server.start();
  auto one = client();
  stop();
}
TEST_P(shutdown_exit, with_a_client_that_does_not_read) {
  server().root().on("flood", [](const socket& s) {
    for (int i = 0; i < 50; ++i) s.emit("drop", std::string(10'000, 'x'));
  });
  at.server.start();
  auto one = joined();
  one.send(R"(42["flood"])");
  stop();
}
TEST_P(shutdown_exit, with_questions_and_handlers_waiting) {
  std::atomic<int> waiting = 0;
  auto& root = server().root();
  root.on("ask", [&](socket s) -> task<int> {
    ++waiting;
    auto asked = s.timeout(30s).emit_with_ack<int>("confirm");
    auto answer = co_await std::move(asked);
    co_return answer ? *answer : -1;
  });
  root.on("ask all", [&](const socket&) -> task<int> {
    ++waiting;
    auto asking = root.everyone().timeout(30s).ask("vote");
    auto all = co_await std::move(asking);
    co_return static_cast<int>(all.received.size());
  });
  root.on("sleep", [&](const socket&) -> task<int> {
    ++waiting;
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    timer.expires_after(30s);
    co_await timer.async_wait(boost::asio::use_awaitable);
    co_return 1;
  });
  at.server.start();
  auto one = joined(), other = joined();
  one.send_all({R"(421["ask"])", R"(422["ask all"])", R"(423["sleep"])"});
  EXPECT_TRUE(eventually([&] { return waiting == 3; }));
  stop();
}

INSTANTIATE_TEST_SUITE_P(each, shutdown_exit, testing::ValuesIn(every_way), name_of);

class shutdown_of_workers : public testing::TestWithParam<unsigned> {};

TEST_P(shutdown_of_workers, with_questions_across_them) {
  auto o = exit_options();
  o.threads = GetParam();
  server_fixture server{o};
  std::atomic<bool> ended = false;
  auto& root = server.root();
  // Always some question is under way between the workers.
  root.on_connect([&](socket) -> task<void> {
    while (!ended) {
      auto listing = root.everyone().fetch();
      (void)co_await std::move(listing);
      auto asking = root.everyone().timeout(1ms).ask("vote");
      (void)co_await std::move(asking);
    }
  });
  server.start();
  std::vector<engine_client> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back(server.port(), websocket_way);
    clients.back().send("40");
  }
  EXPECT_TRUE(server.reaches(counter::sockets_connected, 8));
  server.stop(0ms);
  ended = true;
}
TEST_P(shutdown_of_workers, while_clients_come_and_others_emit) {
  auto o = exit_options();
  o.threads = GetParam();
  auto server = std::make_unique<server_fixture>(o);
  server->start();
  std::atomic<bool> ended = false;
  std::jthread emitting{[&] {
    while (!ended) server->io().emit("tick", 1);
  }};
  std::jthread coming{[&, port = server->port()] {
    while (!ended) {
      try {
        engine_client one{port, websocket_way};
        one.send("40");
        (void)one.receive();
      } catch (const std::runtime_error&) {
      }
    }
  }};
  EXPECT_TRUE(server->reaches(counter::sessions_opened, 20));
  server->stop(100ms);
  ended = true;
  emitting.join();
  server.reset();  // closes those who came too late
  coming.join();
}
TEST_P(shutdown_of_workers, before_anybody_came) {
  auto o = exit_options();
  o.threads = GetParam();
  server_fixture server{o};
  server.start();
}

INSTANTIATE_TEST_SUITE_P(each, shutdown_of_workers, testing::Values(1U, 2U, 4U),
                         [](const auto& of) { return std::to_string(of.param) + "_threads"; });

TEST(shutdown, of_a_server_that_never_ran) {
  const ledger_check nothing_left;
  encke::server io{test_options()};
  (void)io.listen({.address = "127.0.0.1"});
}
TEST(shutdown, with_connections_in_every_half_finished_state) {
  server_fixture server{exit_options()};
  server.start_tls();
  const way over_tls{.by = carrier::polling, .eio = 4, .tls = true};
  scripted_peer silent{server.port()}, half_hello{server.port()};
  half_hello.send("\x16\x03\x01\x02");
  engine_client poller{server.port(), over_tls};
  auto probe = poller.probe();
  engine_client socket{server.port(), {.by = carrier::websocket, .eio = 4, .tls = true}};
  auto half = poller.connect();
  half->send("POST " + poller.target() + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n42[");
  EXPECT_TRUE(server.reaches(counter::connections_accepted, 6));
  server.stop(1000ms);
}

}  // namespace
}  // namespace encke::test
