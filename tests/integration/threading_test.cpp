// SPDX-License-Identifier: MIT
// What the API promises to threads; the thread sanitizer looks on. Order of emits of one thread: see workers_test.
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <mutex>
#include <thread>
#include <vector>

#include "support/scripted_peer.hpp"
#include "support/server_fixture.hpp"

namespace encke::test {
namespace {

using namespace std::chrono_literals;
constexpr int workers = 3;

options several_threads() {
  auto o = test_options();
  o.threads = workers;
  return o;
}

std::unique_ptr<scripted_peer> joined(const server_fixture& at) {
  auto one = std::make_unique<scripted_peer>(at.port());
  EXPECT_EQ(one->upgrade("/socket.io/?EIO=4&transport=websocket").status, 101U);
  one->send_text("40");
  EXPECT_EQ(one->read_text().front(), '0');
  EXPECT_EQ(one->read_text().substr(0, 2), "40");
  return one;
}

TEST(threads, start_handlers_of_a_socket_in_order_and_on_one_of_them) {
  constexpr int events = 200, clients = 6;
  server_fixture at{several_threads()};
  struct per_socket {
    std::vector<int> order;
    std::thread::id on = std::this_thread::get_id();
  };
  auto& root = at.root();
  std::atomic<int> strayed{0};
  root.on("wait", [&](socket s, int n) -> task<void> {
    s.data<per_socket>().order.push_back(n);
    const auto here = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer timer{here, std::chrono::milliseconds{n % 3}};  // the next one starts meanwhile
    co_await timer.async_wait(boost::asio::use_awaitable);
    strayed += s.is_connected() && s.data<per_socket>().on != std::this_thread::get_id();
  });
  root.on("go", [&](socket s, int n) {
    s.data<per_socket>().order.push_back(n);
    strayed += s.data<per_socket>().on != std::this_thread::get_id();
  });
  root.on("order", [](socket s) { return s.data<per_socket>().order; });
  at.start();
  std::vector<std::unique_ptr<scripted_peer>> peers;
  for (int i = 0; i < clients; ++i) peers.push_back(joined(at));
  std::string expected;
  for (int i = 0; i < events; ++i) {
    expected += (i == 0 ? "" : ",") + std::to_string(i);
    for (auto& one : peers) one->send_text((i % 2 == 0 ? R"(42["wait",)" : R"(42["go",)") + std::to_string(i) + "]");
  }
  for (auto& one : peers) one->send_text(R"(421["order"])");
  for (auto& one : peers) EXPECT_EQ(one->read_text(), "431[[" + expected + "]]");
  EXPECT_EQ(strayed, 0);
}

TEST(threads, emit_join_and_ask_from_outside_while_clients_come_and_go) {
  server_fixture at{several_threads()};
  std::mutex lock;
  std::vector<socket> known;
  auto& root = at.root();
  auto& children = at.io().of_matching("/child-*");
  children.on_connect([](const socket& s) { s.join("a"); });
  std::atomic<int> rooms{0};
  root.on_create_room([&](const room_event&) { ++rooms; }).on_delete_room([&](const room_event&) { --rooms; });
  root.on_any_outgoing([](const outgoing&) {});
  root.on_connect([&](const socket& s) {
    s.join("a");
    const std::lock_guard locked{lock};
    known.push_back(s);
  });
  at.start();
  constexpr int rounds = 40, acts = 25;  // of each thread in a round
  std::atomic<int> round{0};
  const auto outside = [&](int number) {
    for (int i = 0; i < rounds * acts; ++i) {
      if (i % acts == 0) round.wait(i / acts);
      socket one;
      {
        const std::lock_guard locked{lock};
        if (!known.empty()) one = known[static_cast<std::size_t>(i) % known.size()];
      }
      const auto room = "r" + std::to_string(number);
      one.join(room);
      at.io().to(room).emit("x", i);
      at.io().everyone_in("/child-1").to("a").latest("k").emit("y", i);
      one.lossy().emit("z", i);
      one.leave(room);
      if (i % 50 == 0) one.disconnect();
      static_cast<void>(at.io().namespaces());
    }
  };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i) threads.emplace_back(outside, i);
    while (round < rounds) {
      ++round;
      round.notify_all();
      auto one = joined(at), two = joined(at);
      one->send_text("40/child-1,");
      two->send_text("40/child-1,");
      at.root().emit("all", round.load());
      if (round % 2 == 0) one->send_text("41/child-1,");
    }
  }
  {
    const std::lock_guard locked{lock};
    known.clear();
  }
  EXPECT_TRUE(eventually([&] { return at.io().stats().connections == 0 && rooms == 0; }));
  EXPECT_TRUE(eventually([&] { return at.io().namespaces().size() == 1; })) << "children go with their clients";
  EXPECT_TRUE(at.io().has_namespace("/"));
  EXPECT_FALSE(at.io().has_namespace("/child-1"));
}

}  // namespace
}  // namespace encke::test
