// SPDX-License-Identifier: MIT
// Ways out of a namespace: refused by a middleware, unknown, left, joined too late; with all that hangs on a socket.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "exits/exit_support.hpp"

namespace encke::test {
namespace {

class namespace_exit : public exit_test {
 protected:
  // What suspends a handler until `open`.
  task<void> gate() {
    ++waiting;
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    while (!open) {
      timer.expires_after(2ms);
      co_await timer.async_wait(boost::asio::use_awaitable);
    }
    --waiting;
  }
  [[nodiscard]] bool is_waiting() const {
    return eventually([this] { return waiting > 0; });
  }
  [[nodiscard]] bool has_finished() const {
    return eventually([this] { return waiting == 0; });
  }
  void leave(engine_client& one) {
    if (GetParam().by == carrier::polling)
      one.send("1");
    else
      one.wire().reset();
    EXPECT_TRUE(server().reaches(counter::sessions_closed, 1));
  }
  // Clients of EIO 3 are in "/" without asking.
  void expect_root(engine_client& one) {
    if (GetParam().eio == 4) return;
    EXPECT_EQ(one.receive_message(), "40");
  }
  engine_client joined() {
    auto one = client();
    EXPECT_EQ(one.join().substr(0, 2), "40");
    return one;
  }
  // A client that the server asks something as soon as it has joined; `ended_as` tells how that ends: 0 for an answer,
  // or the number of the error and one.
  engine_client asked(std::chrono::milliseconds timeout) {
    server().root().on_connect([this, timeout](socket s) -> task<void> {
      auto asking = s.timeout(timeout).emit_with_ack<int>("confirm", "sure?");
      auto answer = co_await std::move(asking);
      ended_as = answer ? 0 : static_cast<int>(answer.error()) + 1;
    });
    serve();
    auto one = joined();
    EXPECT_EQ(one.receive_message().substr(0, 3), "420");
    return one;
  }

  std::atomic<bool> open = false;
  std::atomic<int> waiting = 0;
  std::atomic<int> ended_as = -1;
};

TEST_P(namespace_exit, refused_by_a_middleware) {
  server().io().of("/vip").use([](const socket&) { return refuse("not you", {{"code", 7}}); });
  serve();
  auto one = client();
  expect_root(one);
  const auto said = one.join("/vip");
  EXPECT_EQ(said, GetParam().eio == 4 ? R"(44/vip,{"message":"not you","data":{"code":7}})" : R"(44/vip,{"code":7})");
}
TEST_P(namespace_exit, refused_by_a_middleware_that_waits) {
  server().io().of("/vip").use([this](socket s) -> task<admission> {
    co_await gate();
    s.data<std::string>() = std::string(1000, 'x');
    co_return refuse("not you");
  });
  serve();
  auto one = client();
  expect_root(one);
  one.send("40/vip,");
  EXPECT_TRUE(is_waiting());
  open = true;
  EXPECT_EQ(one.receive_message().substr(0, 7), "44/vip,");
}
TEST_P(namespace_exit, refused_by_a_middleware_that_throws) {
  server().io().of("/vip").use([](const socket&) -> admission { throw std::runtime_error{"broken"}; });
  serve();
  auto one = client();
  expect_root(one);
  EXPECT_EQ(one.join("/vip").substr(0, 7), "44/vip,");
  EXPECT_EQ(server().count(counter::handler_errors), 1U);
}
TEST_P(namespace_exit, gone_while_a_middleware_decides) {
  server().io().of("/vip").use([this](socket s) -> task<admission> {
    s.data<std::string>() = std::string(1000, 'x');
    co_await gate();
    co_return admit;
  });
  serve();
  auto one = client();
  expect_root(one);
  one.send("40/vip,");
  EXPECT_TRUE(is_waiting());
  leave(one);
  open = true;
  EXPECT_TRUE(has_finished());
  EXPECT_EQ(server().count(counter::sockets_connected), GetParam().eio == 3 ? 1U : 0U);
}
TEST_P(namespace_exit, unknown) {
  serve();
  auto one = client();
  expect_root(one);
  EXPECT_EQ(one.join("/nope"),
            GetParam().eio == 4 ? R"(44/nope,{"message":"Invalid namespace"})" : R"(44/nope,"Invalid namespace")");
}
TEST_P(namespace_exit, left_by_the_client) {
  server().io().of("/chat").on_connect([](const socket& s) {
    s.join("a");
    s.join("b");
    s.data<std::string>() = std::string(1000, 'x');
  });
  serve();
  auto one = client();
  expect_root(one);
  one.join("/chat");
  one.send("41/chat,");
  EXPECT_TRUE(server().reaches(reason::client_namespace_disconnect, 1));
  EXPECT_EQ(one.join("/chat").substr(0, 8), "40/chat,");
}
TEST_P(namespace_exit, left_by_the_server) {
  server().root().on("leave", [](const socket& s) {
    s.disconnect();
    s.emit("too late");
    s.join("too late");
  });
  serve();
  auto one = joined();
  one.send(R"(42["leave"])");
  EXPECT_EQ(one.receive_message(), "41");
  EXPECT_TRUE(server().reaches(reason::server_namespace_disconnect, 1));
}
TEST_P(namespace_exit, left_inside_of_the_connect_handler) {
  server().root().on_connect([](const socket& s) { s.disconnect(true); });
  serve();
  auto one = client();
  if (GetParam().eio == 4) one.send("40");
  EXPECT_EQ(one.receive_message().substr(0, 2), "40");
  EXPECT_EQ(one.receive_message(), "41");
  while (one.receive() != "ended") {
  }
  EXPECT_TRUE(server().reaches(counter::sessions_closed, 1));
}
TEST_P(namespace_exit, left_inside_of_the_disconnect_handler) {
  server().root().on_disconnect([](const socket& s, reason) {
    s.emit("nobody hears it");
    s.join("nowhere");
    s.leave("room");
    s.disconnect(true);
  });
  server().root().on_connect([](const socket& s) { s.join("room"); });
  serve();
  auto one = joined();
  leave(one);
}
TEST_P(namespace_exit, handler_that_joins_a_room_after_the_client_has_left) {
  server().root().on("slow", [this](socket s) -> task<int> {
    co_await gate();
    s.join("a room");
    s.emit("event", 1);
    s.data<std::string>() = "kept by nobody";
    co_return 1;
  });
  serve();
  auto one = joined();
  one.send(R"(421["slow"])");
  EXPECT_TRUE(is_waiting());
  leave(one);
  open = true;
  EXPECT_TRUE(has_finished());
}
TEST_P(namespace_exit, joins_and_leaves_posted_from_another_thread) {
  server().root().on_connect([](const socket& s) {
    std::thread{[s] {
      for (int i = 0; i < 100; ++i) {
        s.join("room " + std::to_string(i));
        s.emit("n", i);
        if (i % 3 == 0) s.leave("room " + std::to_string(i));
      }
    }}.detach();
  });
  serve();
  auto one = joined();
  leave(one);
}

// --- acks -----------------------------------------------------------------------------------------------------------

TEST_P(namespace_exit, gone_while_the_server_waits_for_its_ack) {
  auto one = asked(30s);
  leave(one);
  EXPECT_TRUE(eventually([&] { return ended_as == static_cast<int>(errc::not_connected) + 1; }));
}
TEST_P(namespace_exit, left_the_namespace_while_the_server_waits_for_its_ack) {
  auto one = asked(30s);
  one.send("41");
  EXPECT_TRUE(eventually([&] { return ended_as == static_cast<int>(errc::not_connected) + 1; }));
}
TEST_P(namespace_exit, ack_that_never_comes) {
  auto one = asked(100ms);
  EXPECT_TRUE(eventually([&] { return ended_as == static_cast<int>(errc::timed_out) + 1; }));
  one.send("430[1]");  // too late, and ignored
}
TEST_P(namespace_exit, ack_of_the_wrong_type) {
  std::atomic<int> outcome = -1;
  server().root().on_connect([&](socket s) -> task<void> {
    auto asked = s.timeout(10s).emit_with_ack<int>("confirm", "sure?");
    auto answer = co_await std::move(asked);
    outcome = answer ? 0 : static_cast<int>(answer.error()) + 1;
  });
  serve();
  auto one = joined();
  EXPECT_EQ(one.receive_message().substr(0, 3), "420");
  one.send(R"(430["no number"])");
  EXPECT_TRUE(eventually([&] { return outcome == static_cast<int>(errc::wrong_type) + 1; }));
}
TEST_P(namespace_exit, gone_while_its_own_ack_is_pending) {
  server().root().on("work", [this](socket) -> task<std::string> {
    co_await gate();
    co_return std::string(1000, 'x');
  });
  serve();
  auto one = joined();
  for (int i = 0; i < 5; ++i) one.send("42" + std::to_string(i) + R"(["work"])");
  EXPECT_TRUE(is_waiting());
  leave(one);
  open = true;
  EXPECT_TRUE(has_finished());
}
TEST_P(namespace_exit, broadcast_that_one_answers_one_ignores_and_one_leaves) {
  std::atomic<std::size_t> received = 0, missing = 0;
  auto& root = server().root();
  root.on("ask all", [&](const socket&) -> task<void> {
    auto asking = root.everyone().timeout(300ms).ask("vote");
    auto all = co_await std::move(asking);
    received = all.received.size();
    missing = all.missing.size();
  });
  serve();
  auto asker = joined(), answering = joined(), leaving = joined();
  asker.send(R"(42["ask all"])");
  EXPECT_EQ(answering.receive_message(), R"(420["vote"])");
  EXPECT_EQ(leaving.receive_message(), R"(420["vote"])");
  answering.send("430[1]");
  leaving.send("41");
  EXPECT_TRUE(eventually([&] { return missing == 2; }));
  EXPECT_EQ(received, 1U);
}

INSTANTIATE_TEST_SUITE_P(each, namespace_exit, testing::ValuesIn(every_way), name_of);

}  // namespace
}  // namespace encke::test
