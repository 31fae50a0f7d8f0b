// SPDX-License-Identifier: MIT
// A server inside a program: on the program's own loop, beside another server, behind another HTTP server, and again
// after it was stopped.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <csignal>
#include <optional>
#include <thread>

#include "support/scripted_peer.hpp"
#include "support/server_fixture.hpp"

namespace encke::test {
namespace {

using namespace std::chrono_literals;
using tcp = boost::asio::ip::tcp;
constexpr std::string_view by_websocket = "/socket.io/?EIO=4&transport=websocket";

// Connects to "/" and reads what comes of it.
void join(scripted_peer& one) {
  ASSERT_EQ(one.upgrade(by_websocket).status, 101U);
  one.send_text("40");
  ASSERT_EQ(one.read_text().front(), '0');
  ASSERT_EQ(one.read_text().substr(0, 2), "40");
}

// A program with a loop of its own, which runs on a thread until there is nothing more to do.
class program : public testing::Test {
 protected:
  void run() {
    thread_ = std::jthread{[this] { loop.run(); }};
  }
  // The loop comes to its end by itself.
  void wait() { thread_.join(); }

  ledger_check nothing_left_;  // after the loop, too
  boost::asio::io_context loop{1};

 private:
  std::jthread thread_;
};

TEST_F(program, serves_on_its_own_loop_until_stopped) {
  server io{loop};
  bool stopped = false;
  std::thread::id handled_on, stopped_on;
  io.of("/").on("add", [&](socket, int a, int b) {
    handled_on = std::this_thread::get_id();
    return a + b;
  });
  const auto port = io.listen({.address = "127.0.0.1"});
  EXPECT_EQ(io.threads(), 1U);
  io.start([&] {
    stopped = true;
    stopped_on = std::this_thread::get_id();
  });
  run();
  scripted_peer one{port};
  join(one);
  one.send_text(R"(427["add",1,2])");
  EXPECT_EQ(one.read_text(), "437[3]");
  scripted_peer poller{port};
  EXPECT_EQ(poller.request("GET", "/socket.io/?EIO=4&transport=polling").status, 200U);
  io.stop(50ms);
  wait();
  EXPECT_TRUE(stopped);
  EXPECT_EQ(stopped_on, handled_on);
  EXPECT_EQ(io.stats().connections, 0U);
}

TEST_F(program, emits_and_joins_from_handlers_of_its_own_at_once) {
  server io{loop};
  std::optional<socket> who;
  io.of("/").on_connect([&](const socket& s) { who = s; });
  const auto port = io.listen({.address = "127.0.0.1"});
  io.start();
  boost::asio::steady_timer timer{loop};
  std::function<void()> every = [&] {
    timer.expires_after(5ms);
    timer.async_wait([&](const boost::system::error_code& failed) {
      if (failed) return;
      if (!who) return every();
      who->join("a");
      EXPECT_EQ(who->rooms().size(), 1U) << "on the loop it is at once";
      io.to("a").emit("tick");
    });
  };
  every();
  run();
  scripted_peer one{port};
  join(one);
  EXPECT_EQ(one.read_text(), R"(42["tick"])");
  who.reset();
  io.stop(50ms);
  wait();
}

TEST_F(program, has_two_servers_on_one_loop) {
  server first{loop}, second{loop};
  first.of("/").on("say", [&](socket, const arguments& all) { second.emit("said", all); });
  const auto first_port = first.listen({.address = "127.0.0.1"});
  const auto second_port = second.listen({.address = "127.0.0.1"});
  first.start();
  second.start();
  run();
  scripted_peer one{first_port}, other{second_port};
  join(one);
  join(other);
  one.send_text(R"(42["say",1])");
  EXPECT_EQ(other.read_text(), R"(42["said",1])");
  first.stop(50ms);
  EXPECT_TRUE(eventually([&] { return first.stats().connections == 0; }));
  second.emit("still");
  EXPECT_EQ(other.read_text(), R"(42["still"])");
  second.stop(50ms);
  wait();
}

TEST_F(program, waits_in_handlers_for_whatever_it_likes) {
  server io{loop};
  io.of("/").on("later", [](socket s) -> task<int> {
    const auto here = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer timer{here, 5ms};
    co_await timer.async_wait(boost::asio::use_awaitable);
    const auto answered = co_await s.timeout(1s).emit_with_ack<int>("really");
    co_return answered ? *answered : -1;
  });
  const auto port = io.listen({.address = "127.0.0.1"});
  io.start();
  run();
  scripted_peer one{port};
  join(one);
  one.send_text(R"(421["later"])");
  const auto question = one.read_text();
  EXPECT_EQ(question.substr(0, 2), "42");
  one.send_text("43" + question.substr(2, question.find('[') - 2) + "[5]");
  EXPECT_EQ(one.read_text(), "431[5]");
  io.stop(50ms);
  wait();
}

TEST_F(program, may_end_without_stopping) {
  auto io = std::make_unique<server>(loop);
  int left = 0;
  for (auto* nsp : {&io->of("/"), &io->of_matching("/waiting-*")})
    nsp->on_connect([](socket s) -> task<void> {  // goes with the loop, after the server
      const auto here = co_await boost::asio::this_coro::executor;
      const auto others = s.broadcast().to("a");
      boost::asio::steady_timer timer{here, 1h};
      co_await timer.async_wait(boost::asio::use_awaitable);
      others.emit("never");
    });
  io->of("/").on_disconnect([&](const socket& s, reason why) {
    left += why == reason::server_shutting_down;
    s.to("a").emit("gone");
  });
  const auto port = io->listen({.address = "127.0.0.1"});
  io->start();
  {
    std::jthread thread{[this] { loop.run(); }};
    scripted_peer one{port};
    join(one);
    one.send_text("40/waiting-1,");
    EXPECT_EQ(one.read_text().substr(0, 14), "40/waiting-1,{");
    EXPECT_TRUE(eventually([&] { return io->stats()[counter::sockets_connected] == 2; }));
    loop.stop();
  }
  io.reset();
  EXPECT_EQ(left, 1);
}

// Steps of the loop by hand, so that things happen between the last ones. Under a sanitizer.
TEST_F(program, leaves_nothing_on_the_loop_that_would_ask_for_it) {
  options o;
  o.handle_signals = true;
  o.memory = {.limit = 1000, .used = [] { return 900; }, .interval = 10ms};
  for (int late = 0; late < 8; ++late) {  // how many steps before the end somebody comes
    auto io = std::make_unique<server>(loop, o);
    (void)io->listen({.address = "127.0.0.1"});
    const auto internal = io->listen({.address = "127.0.0.1", .internal = true});
    bool stopped = false;
    io->start([&] {
      io.reset();
      stopped = true;
    });
    loop.restart();
    for (int i = 0; i < 20; ++i) loop.run_one_for(1ms);
    io->stop(0ms);
    std::vector<std::unique_ptr<scripted_peer>> visitors;
    for (int step = 0; !stopped && step < 1000; ++step) {
      try {
        if (step >= late) visitors.push_back(std::make_unique<scripted_peer>(internal));
      } catch (const std::exception&) {  // the last step but one is done
      }
      loop.run_one_for(5ms);
    }
    EXPECT_TRUE(stopped);
    loop.restart();
    for (int i = 0; i < 20; ++i) loop.run_one_for(1ms);  // whatever is left
  }
}

// Waits at a gate and throws.
task<void> pass(boost::asio::steady_timer& gate, bool& went_on) {
  try {
    co_await gate.async_wait(boost::asio::use_awaitable);
  } catch (...) {
    went_on = true;
    throw;
  }
}

TEST_F(program, ends_coroutines_with_the_server) {
  boost::asio::steady_timer gate{loop, 1h};
  bool went_on = false;
  {
    server io{loop};
    io.route("GET", "/later", [&](http_request) -> task<http_response> {
      co_await pass(gate, went_on);
      co_return http_response{};
    });
    io.of("/").on_connect([&](socket) { return pass(gate, went_on); });
    io.of("/").on("event", [&](socket) { return pass(gate, went_on); });
    io.spawn(pass(gate, went_on));
    const auto port = io.listen({.address = "127.0.0.1"});
    io.start([this] { loop.stop(); });
    run();
    scripted_peer one{port}, other{port};
    other.send_request("GET", "/later");
    join(one);
    one.send_text(R"(42["event"])");
    EXPECT_TRUE(eventually([&] { return io.stats()[counter::events_received] == 1; }));
    EXPECT_TRUE(eventually([&] { return io.stats()[counter::http_requests] == 2; }));
    io.stop(0ms);
    wait();
  }
  loop.restart();
  gate.cancel();
  loop.run();
  EXPECT_FALSE(went_on);
}

TEST_F(program, may_give_its_server_up_before_the_loop_runs) {
  auto io = std::make_unique<server>(loop);
  (void)io->listen({.address = "127.0.0.1"});
  io->start();
  io->stop(0ms);
  io->purge();
  io->emit("nobody");
  io.reset();
  loop.run();
}

TEST_F(program, may_stop_before_it_starts_and_more_than_once) {
  server io{loop};
  (void)io.listen({.address = "127.0.0.1"});
  io.stop(50ms);
  int stopped = 0;
  io.start([&] { ++stopped; });
  io.stop(10ms);
  run();
  wait();
  EXPECT_EQ(stopped, 1);
}

TEST_F(program, is_told_when_it_starts_a_server_the_wrong_way) {
  server here{loop};
  EXPECT_THROW(here.run(), std::logic_error);
  server own{test_options()};
  EXPECT_THROW(own.start(), std::logic_error);
}

// Another HTTP server: reads a head, answers what is its own, and hands over what is Socket.IO's.
class other_server {
 public:
  explicit other_server(server& io) : io_{io} {
    thread_ = std::jthread{[this](const std::stop_token& end) { serve(end); }};
  }
  ~other_server() {
    thread_.request_stop();
    scripted_peer wake{port()};
  }
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  void serve(const std::stop_token& end) {
    for (;;) {
      tcp::socket one{loop_};
      acceptor_.accept(one);
      if (end.stop_requested()) return;
      std::string received;
      boost::system::error_code failed;
      boost::asio::read_until(one, boost::asio::dynamic_buffer(received), "\r\n\r\n", failed);
      if (received.find(" /socket.io/") != received.npos)
        io_.adopt(one.release(), std::move(received));
      else
        boost::asio::write(one, boost::asio::buffer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother"), failed);
    }
  }

  server& io_;
  boost::asio::io_context loop_;
  tcp::acceptor acceptor_{loop_, {boost::asio::ip::make_address("127.0.0.1"), 0}};
  std::jthread thread_;
};

TEST(adopted_connections, are_served_like_those_of_a_listener) {
  auto o = test_options();
  o.threads = 2;
  server_fixture at{o};
  at.root().on("echo", [](socket, const arguments& all) { return all; });
  at.start();
  other_server front{at.io()};
  scripted_peer plain{front.port()};
  EXPECT_EQ(plain.request("GET", "/").body, "other");
  for (int i = 0; i < 3; ++i) {
    scripted_peer one{front.port()};
    join(one);
    one.send_text(R"(421["echo","x"])");
    EXPECT_EQ(one.read_text(), R"(431["x"])");
    scripted_peer poller{front.port()};
    EXPECT_EQ(poller.request("GET", "/socket.io/?EIO=4&transport=polling").status, 200U);
    EXPECT_EQ(poller.request("GET", "/socket.io/?EIO=4").status, 400U) << "all its requests are the server's";
  }
  EXPECT_THROW(at.io().adopt(::open("/dev/null", O_RDONLY)), std::system_error);
}

TEST(a_stopped_server, is_followed_by_another_in_its_place) {
  std::uint16_t port = 0;
  for (int round = 0; round < 3; ++round) {
    const ledger_check nothing_left;
    server io{test_options()};
    port = io.listen({.address = "127.0.0.1", .port = port});
    std::jthread thread{[&io] { io.run(); }};
    scripted_peer one{port};
    join(one);
    io.stop(50ms);
  }
}

TEST(two_servers, share_a_process_and_nothing_else) {
  const ledger_check nothing_left;
  server first{test_options()}, second{test_options()};
  for (auto* io : {&first, &second}) io->of("/").on_connect([](const socket& s) { s.join("a"); });
  const auto first_port = first.listen({.address = "127.0.0.1"});
  const auto second_port = second.listen({.address = "127.0.0.1"});
  std::jthread first_thread{[&] { first.run(); }}, second_thread{[&] { second.run(); }};
  scripted_peer one{first_port}, other{second_port};
  join(one);
  join(other);
  first.to("a").emit("x", 1);
  second.to("a").emit("x", 2);
  EXPECT_EQ(one.read_text(), R"(42["x",1])");
  EXPECT_EQ(other.read_text(), R"(42["x",2])");
  EXPECT_EQ(second.stats()[counter::connections_accepted], 1U);
  first.stop(50ms);
  first_thread.join();
  second.emit("still");
  EXPECT_EQ(other.read_text(), R"(42["still"])");
  second.stop(50ms);
}

TEST(signals, are_left_alone_unless_asked_for) {
  const auto handler = [](int signal) {
    struct sigaction now {};
    ::sigaction(signal, nullptr, &now);
    return now.sa_handler;
  };
  const std::array before{handler(SIGTERM), handler(SIGINT), handler(SIGPIPE)};
  server io;
  const auto port = io.listen({.address = "127.0.0.1"});
  std::jthread thread{[&io] { io.run(); }};
  scripted_peer one{port};
  join(one);  // by now it serves
  EXPECT_EQ((std::array{handler(SIGTERM), handler(SIGINT), handler(SIGPIPE)}), before);
  io.stop(0ms);
}

}  // namespace
}  // namespace encke::test
