// SPDX-License-Identifier: MIT
// Slow clients of a whole server: what each policy does to them, what they are told, and what they weigh.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <mutex>

#include "support/engine_client.hpp"
#include "support/joined_peer.hpp"
#include "support/server_fixture.hpp"

namespace encke::test {
namespace {

using namespace std::chrono_literals;

// Emits until a client's queue is what `full` says.
template <class Emit>
bool until(server_fixture& at, counter full, Emit&& emit) {
  return eventually([&] {
    emit();
    return at.count(full) > 0;
  });
}

template <class Value>
Value wait_for(task<Value> asking) {
  boost::asio::io_context loop;
  std::optional<Value> got;
  boost::asio::co_spawn(loop, std::move(asking),
                        [&](const std::exception_ptr&, Value value) { got = std::move(value); });
  EXPECT_TRUE(eventually([&] {
    loop.restart();
    loop.poll();
    return got.has_value();
  }));
  return std::move(*got);
}

TEST(slow_client, is_named_in_the_log_by_its_sockets) {
  std::mutex lock;
  std::string named, id;
  auto o = test_options();
  o.outbox_bytes = 200'000;
  o.log = [&](const log_record& record) {
    const std::lock_guard hold{lock};
    if (record.message != "slow reader disconnected") return;
    for (const auto& [name, value] : record.fields)
      if (name == "sockets") named = value;
  };
  server_fixture at{o};
  at.root().on_connect([&](const socket& one) { id = one.id(); });
  at.start();
  auto one = joined(at);
  ASSERT_TRUE(until(at, counter::cut_bytes, [&] { at.io().emit("more", many()); }));
  at.stop();
  const std::lock_guard hold{lock};
  EXPECT_EQ(named, id.substr(0, 8));
}
TEST(slow_client, is_told_why_it_was_cut) {
  auto o = test_options();
  o.outbox_bytes = 200'000;
  server_fixture at{o};
  at.start();
  auto one = joined(at);
  ASSERT_TRUE(until(at, counter::cut_bytes, [&] { at.io().emit("more", many()); }));
  EXPECT_EQ(at.count(reason::slow_reader), 1U);
  for (;;) {
    const auto read = one->read_message();
    if (read.kind != websocket::opcode::close) continue;
    ASSERT_FALSE(read.ended) << "it was told nothing";
    EXPECT_EQ(read.code(), 1008U);
    EXPECT_EQ(read.payload.substr(2), "slow reader: too many bytes wait");
    break;
  }
}

TEST(slow_client, that_polls_is_told_when_it_comes_back) {
  auto o = test_options();
  o.outbox_messages = 10;
  server_fixture at{o};
  at.start();
  engine_client one{at.port(), way{.by = carrier::polling}};
  one.join();
  ASSERT_TRUE(until(at, counter::cut_messages, [&] { at.io().emit("more", 1); }));
  scripted_peer again{at.port()};
  const auto answer = again.request("GET", "/socket.io/?EIO=4&transport=polling&sid=" + one.sid());
  EXPECT_EQ(answer.status, 400U);
  EXPECT_EQ(answer.body, R"({"code":1,"message":"slow reader: too many messages wait"})");
}

TEST(slow_client, rules_hold_for_their_events_and_rooms) {
  auto o = test_options();
  o.outbox_bytes = 100'000'000;
  o.slow_rules = {{.event = "price", .room = "ticker", .policy = overflow::latest, .key = "symbol"},
                  {.event = "typing", .policy = overflow::drop_newest, .bytes = 300'000},
                  {.event = "line", .policy = overflow::drop_oldest, .messages = 20}};
  server_fixture at{o};
  at.root().on_connect([](const socket& s) { s.join("ticker"); });
  at.start();
  auto one = joined(at);
  ASSERT_TRUE(until(at, counter::dropped_newest, [&] { at.io().emit("typing", many()); }));
  for (int i = 0; i < 30; ++i) at.io().emit("line", i);
  for (int i = 0; i < 10; ++i)
    for (const auto* symbol : {"eur", "usd"})
      at.io().to("ticker").emit("price", json{{"symbol", symbol}, {"value", i}});
  at.io().emit("end");
  EXPECT_TRUE(at.reaches(counter::dropped_replaced, 18));
  std::vector<std::string> lines, prices;
  for (std::string next; next != R"(42["end"])";) {
    next = one->read_text();
    ASSERT_NE(next.substr(0, 6), "closed");
    if (next.starts_with(R"(42["line")")) lines.push_back(next);
    if (next.starts_with(R"(42["price")")) prices.push_back(next);
  }
  EXPECT_LT(lines.size(), 21U);
  EXPECT_EQ(lines.back(), R"(42["line",29])");
  EXPECT_EQ(lines.size() + at.count(counter::dropped_oldest), 30U);
  EXPECT_EQ(prices, (std::vector<std::string>{R"(42["price",{"symbol":"eur","value":9}])",
                                              R"(42["price",{"symbol":"usd","value":9}])"}));
  EXPECT_EQ(at.count(reason::slow_reader), 0U);
}

TEST(slow_client, gets_the_latest_of_a_key_that_the_sender_names) {
  auto o = test_options();
  o.outbox_bytes = 100'000'000;
  server_fixture at{o};
  std::atomic<std::size_t> joiners{0};
  socket who;
  at.root().on_connect([&](const socket& s) {
    who = s;
    ++joiners;
  });
  at.start();
  auto one = joined(at);
  ASSERT_TRUE(eventually([&] { return joiners == 1; }));
  for (int i = 0; i < 100; ++i) at.io().emit("fill", many());
  for (int i = 0; i < 10; ++i) {
    at.root().everyone().latest("eur").emit("price", "eur", i);
    who.latest("usd").emit("price", "usd", i);
    who.lossy().emit("price", "lost", i);
  }
  at.io().emit("end");
  EXPECT_TRUE(at.reaches(counter::dropped_replaced, 18));
  std::vector<std::string> prices;
  for (std::string next; next != R"(42["end"])";) {
    next = one->read_text();
    ASSERT_NE(next.substr(0, 6), "closed");
    if (next.starts_with(R"(42["price")")) prices.push_back(next);
  }
  EXPECT_EQ(prices, (std::vector<std::string>{R"(42["price","eur",9])", R"(42["price","usd",9])"}));
  EXPECT_EQ(at.count(counter::dropped_lossy), 10U);
}

TEST(slow_client, delays_nobody_in_a_room_of_a_thousand) {
  constexpr std::size_t members = 1000;
  constexpr int messages = 30;
  auto o = test_options();
  o.outbox_bytes = 100'000'000;
  server_fixture at{o};
  std::atomic<std::size_t> joiners{0};
  at.root().on_connect([&](const socket& s) {
    s.join(joiners++ == 0 ? "first" : "others");
    s.join("hall");
  });
  at.start();
  auto stalled = joined(at);
  std::vector<std::unique_ptr<scripted_peer>> neighbours;
  while (neighbours.size() < members - 1) neighbours.push_back(joined(at, 0));
  for (int i = 0; i < 100; ++i) at.root().to("first").emit("fill", many());  // more than its kernel takes
  const std::string text(1000, 'x');
  for (int i = 0; i < messages; ++i) {
    at.root().to("hall").emit("news", i, text);
    for (auto& one : neighbours)
      ASSERT_EQ(one->read_text(), R"(42["news",)" + std::to_string(i) + ",\"" + text + "\"]");
  }
  const auto weights = wait_for(at.root().everyone().heaviest(2, heaviest_by::queued));
  EXPECT_GE(weights[0].weight.queued_messages, static_cast<std::size_t>(messages)) << "it was never slow";
  EXPECT_EQ(weights[1].weight.queued_messages, 0U);
  for (int i = 0; i < 100; ++i) ASSERT_EQ(stalled->read_text().substr(0, 10), R"(42["fill",)");
  for (int i = 0; i < messages; ++i)
    ASSERT_EQ(stalled->read_text().substr(0, 12), (R"(42["news",)" + std::to_string(i) + ",\"").substr(0, 12));
}

TEST(slow_client, does_not_get_what_is_too_old) {
  auto o = test_options();
  o.outbox_bytes = 100'000'000;
  o.slow_rules = {{.event = "price", .policy = overflow::drop_oldest, .age = 100ms}};
  server_fixture at{o};
  at.start();
  auto one = joined(at);
  // How long the first has waited that the kernel did not take.
  const auto waited = [&] {
    return wait_for(at.root().everyone().heaviest(1, heaviest_by::waiting)).front().weight.waiting;
  };
  ASSERT_TRUE(eventually([&] {
    at.io().emit("fill", many());
    return waited() > 0ms;
  }));
  at.io().emit("price", 1);
  const auto then = waited();  // the price has waited for as long as has passed since
  ASSERT_TRUE(eventually([&] { return waited() > then + 100ms; }));
  at.io().emit("price", 2);
  at.io().emit("end");
  std::vector<std::string> prices;
  for (std::string next; next != R"(42["end"])";) {
    next = one->read_text();
    ASSERT_NE(next.substr(0, 6), "closed");
    if (next.starts_with(R"(42["price")")) prices.push_back(next);
  }
  EXPECT_EQ(prices, std::vector<std::string>{R"(42["price",2])"});
  EXPECT_EQ(at.count(counter::dropped_expired), 1U);
}

TEST(slow_client, is_found_by_its_weight) {
  auto o = test_options();
  o.threads = 2;
  o.outbox_bytes = 100'000'000;
  server_fixture at{o};
  std::atomic<int> next{0};
  at.root().on_connect([&next](const socket& s) { s.join("number " + std::to_string(next++)); });
  at.start();
  std::vector<std::unique_ptr<scripted_peer>> peers;
  for (int i = 0; i < 5; ++i) peers.push_back(joined(at));
  for (int i = 0; i < 100; ++i) {
    at.io().to("number 3").emit("more", many());
    if (i % 2 == 0) at.io().to("number 1").emit("more", many());
  }
  const auto find = [&](heaviest_by by) {
    std::vector<std::string> rooms;
    for (const auto& one : wait_for(at.root().everyone().heaviest(2, by)))
      rooms.push_back(one.rooms.empty() ? "" : one.rooms.front());
    return rooms;
  };
  const std::vector<std::string> heavy{"number 3", "number 1"};
  EXPECT_TRUE(eventually([&] { return find(heaviest_by::queued) == heavy; }));
  EXPECT_EQ(find(heaviest_by::bytes), heavy);
  const auto all = wait_for(at.root().everyone().heaviest(100, heaviest_by::bytes));
  ASSERT_EQ(all.size(), 5U);
  EXPECT_GT(all[0].weight.bytes, 1'000'000U);
  EXPECT_GT(all[4].weight.bytes, 500U);
  EXPECT_LT(all[4].weight.bytes, 5'000U);
  EXPECT_EQ(wait_for(at.root().to("number 1").heaviest(9, heaviest_by::queued)).size(), 1U);
}

TEST(largest_rooms, come_first) {
  server_fixture at;
  std::atomic<int> next{0};
  at.root().on_connect([&next](const socket& s) {
    s.join("all");
    if (next++ < 2) s.join("some");
  });
  at.start();
  std::vector<std::unique_ptr<scripted_peer>> peers;
  for (int i = 0; i < 4; ++i) peers.push_back(joined(at));
  const auto rooms = wait_for(at.root().largest_rooms(5));
  ASSERT_EQ(rooms.size(), 2U);
  EXPECT_EQ(rooms[0].name, "all");
  EXPECT_EQ(rooms[0].size, 4U);
  EXPECT_GT(rooms[0].bytes, rooms[1].bytes);
}

}  // namespace
}  // namespace encke::test
