// SPDX-License-Identifier: MIT
// What encke-bench counts and decides: times, rounds, rates, rooms, options, addresses, whose fault it was.
#include <gtest/gtest.h>

#include <numeric>

#include "bench/load/histogram.hpp"
#include "bench/load/options.hpp"
#include "bench/load/pacer.hpp"
#include "bench/load/report.hpp"
#include "bench/load/rounds.hpp"
#include "bench/load/run.hpp"
#include "bench/load/scenario.hpp"
#include "bench/load/target.hpp"

namespace encke::load {

namespace {

using namespace std::chrono_literals;

TEST(histogram, is_right_to_1_6_percent) {
  histogram h;
  for (int i = 1; i <= 100'000; ++i) h.add(std::chrono::microseconds{i});
  for (const double share : {0.001, 0.5, 0.9, 0.99, 0.999}) {
    const auto is = static_cast<double>(h.percentile(share).count());
    EXPECT_NEAR(is / (share * 1e8), 1, 0.016) << share;
  }
  EXPECT_EQ(h.max(), 100ms);
  EXPECT_EQ(h.percentile(1), 100ms);
}

TEST(histogram, takes_any_time) {
  histogram h;
  h.add(-5ns);
  h.add(std::chrono::hours{1'000'000});
  EXPECT_EQ(h.count(), 2U);
  EXPECT_EQ(h.percentile(0.5), 0ns);
  EXPECT_EQ(histogram{}.percentile(0.5), 0ns);
}

TEST(histogram, adds_up) {
  histogram a, b;
  a.add(1ms);
  b.add(3ms);
  a.add(b);
  EXPECT_EQ(a.count(), 2U);
  EXPECT_EQ(a.max(), 3ms);
}

TEST(rounds, end_when_the_last_delivery_arrives) {
  auto all = std::make_unique<deliveries>();
  rounds r{*all, 10, 1};
  const clock::time_point start{};
  const auto number = r.begin(3, start);
  ASSERT_EQ(number, 10);
  EXPECT_FALSE(r.begin(3, start));
  EXPECT_FALSE(all->arrived(10, start + 1us));
  EXPECT_FALSE(all->arrived(10, start + 2us));
  EXPECT_TRUE(all->arrived(10, start + 9us));
  int done = 0;
  r.look(
      start + 1ms,
      [&](std::uint16_t n, std::chrono::nanoseconds spread) {
        ++done;
        EXPECT_EQ(n, 10);
        EXPECT_EQ(spread, 8us);
      },
      [](std::uint16_t, std::int64_t) { FAIL(); });
  EXPECT_EQ(done, 1);
  EXPECT_EQ(r.on_their_way(), 0U);
}

TEST(rounds, are_given_up_after_a_while) {
  auto all = std::make_unique<deliveries>();
  rounds r{*all, 0, 2};
  const clock::time_point start{};
  ASSERT_TRUE(r.begin(2, start));
  EXPECT_FALSE(all->arrived(0, start));
  const auto never = [](std::uint16_t, std::chrono::nanoseconds) { FAIL(); };
  r.look(start + rounds::patience - 1ms, never, [](std::uint16_t, std::int64_t) { FAIL(); });
  std::int64_t missing = 0;
  r.look(start + rounds::patience, never, [&](std::uint16_t, std::int64_t left) { missing = left; });
  EXPECT_EQ(missing, 1);
  EXPECT_FALSE(all->arrived(0, start)) << "too late counts for nothing";
}

TEST(pacer, keeps_the_time_that_was_meant) {
  pacer p{1000};
  const clock::time_point start{};
  EXPECT_FALSE(p.take(start));
  p.start(start);
  EXPECT_EQ(p.take(start + 2ms), start);
  EXPECT_EQ(p.take(start + 2ms), start + 1ms);
  EXPECT_EQ(p.take(start + 2ms), start + 2ms);
  EXPECT_FALSE(p.take(start + 2ms));
  EXPECT_EQ(p.next(), start + 3ms);
  p.stop();
  EXPECT_EQ(p.next(), clock::time_point::max());
}

TEST(zipf, gives_out_everybody_and_leaves_no_room_empty) {
  for (const unsigned clients : {10U, 1000U, 15'000U}) {
    const auto sizes = zipf_sizes(clients, clients / 5, 1);
    EXPECT_EQ(std::accumulate(sizes.begin(), sizes.end(), 0U), clients);
    EXPECT_TRUE(std::is_sorted(sizes.rbegin(), sizes.rend()));
    EXPECT_GE(sizes.back(), 1U);
  }
}

TEST(url, has_a_host_a_port_and_a_path) {
  const auto u = read_url("ws://127.0.0.1:8080", "/socket.io/");
  ASSERT_TRUE(u);
  EXPECT_EQ(u->host, "127.0.0.1");
  EXPECT_EQ(u->port, "8080");
  EXPECT_EQ(u->path, "/socket.io/");
  EXPECT_EQ(read_url("http://[::1]/a/b", "/")->path, "/a/b");
  EXPECT_EQ(read_url("http://[::1]/a/b", "/")->host, "[::1]");
  EXPECT_FALSE(read_url("wss://example.org", "/"));
  EXPECT_FALSE(read_url("ws://:80", "/"));
}

TEST(settling, finds_all_faults_at_once) {
  options o;
  o.scenario = kind::publish;
  o.url = "localhost";
  o.size = 3;
  o.connections = 0;
  EXPECT_GE(settle(o).size(), 4U);
}

TEST(settling, chooses_what_the_scenario_implies) {
  options o;
  o.url = "ws://127.0.0.1:1";
  o.scenario = kind::refuse;
  EXPECT_TRUE(settle(o).empty());
  EXPECT_TRUE(o.is_polling());
  EXPECT_TRUE(*o.keep_alive);
  options w;
  w.url = o.url;
  w.scenario = kind::refuse;
  w.transport = way::websocket;
  EXPECT_TRUE(settle(w).empty());
  EXPECT_FALSE(*w.keep_alive);
}

TEST(settling, counts_refusals_only_and_without_a_warm_up) {
  options o;
  o.url = "ws://127.0.0.1:1";
  o.scenario = kind::refuse;
  o.count = 10;
  EXPECT_TRUE(settle(o).empty());
  EXPECT_EQ(o.warmup, 0);
  o.scenario = kind::echo;
  EXPECT_EQ(settle(o).size(), 1U);
}

TEST(limit, is_whoever_was_busier) {
  result r;
  r.seconds = 1;
  EXPECT_EQ(r.limit(1), bottleneck::none);
  r.server.total = 950ms;
  EXPECT_EQ(r.limit(1), bottleneck::server);
  r.generator.total = 990ms;
  EXPECT_EQ(r.limit(1), bottleneck::generator);
  EXPECT_EQ(r.limit(2), bottleneck::server);
}

TEST(report, names_what_programs_read) {
  options o;
  o.scenario = kind::echo;
  o.pids = {1};
  result r;
  r.seconds = 2;
  r.connections = 100;
  r.all.messages = 10;
  r.all.latency.add(5us);
  r.all.fail("lost: \"quoted\"");
  r.server.total = 100us;
  const auto text = json_of(o, r);
  EXPECT_NE(text.find(R"("server_cpu_us_per_message":1E1)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("latency_us":{"p50":)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"(lost: \"quoted\")"), std::string::npos) << text;
  EXPECT_NE(table_of(o, r).find("bottleneck"), std::string::npos);
}

}  // namespace

}  // namespace encke::load
