// SPDX-License-Identifier: MIT
// What slow and fill ask of encke-bench: numbered events, what a reader got of them, their settings and their report.
#include <gtest/gtest.h>

#include "bench/load/options.hpp"
#include "bench/load/publisher.hpp"
#include "bench/load/report.hpp"
#include "bench/load/sequence_check.hpp"

namespace encke::load {

namespace {

options settled(kind scenario) {
  options o;
  o.scenario = scenario;
  o.url = "ws://127.0.0.1:1";
  o.secret = "secret of at least thirty-two bytes";
  return o;
}

TEST(sequence, is_found_behind_a_stamp) {
  outgoing event{R"(42["shout",")" + sequenced_text(40) + R"("])"};
  const stamp sent{clock::now(), 5};
  event.set(sent);
  event.fill(12'345'678);
  EXPECT_EQ(find_sequence(event.bytes()), 12'345'678U);
  EXPECT_EQ(find_stamp(event.bytes())->due, sent.due);
  event.fill(9);
  EXPECT_EQ(find_sequence(event.bytes()), 9U);
}

TEST(sequence, is_not_found_where_there_is_none) {
  EXPECT_FALSE(find_sequence("2[\"push\",1]"));
  EXPECT_FALSE(find_sequence(stamped_text(64)));
  EXPECT_FALSE(find_sequence(stamped_text(stamp::size) + "1234567"));
}

TEST(sequence, has_eight_digits) {
  std::string text(sequence::size, '#');
  sequence::write(text.data(), 42);
  EXPECT_EQ(text, "00000042");
  EXPECT_EQ(sequenced_text(0).size(), stamp::size + sequence::size);
}

TEST(sequence_check, counts_nothing_when_all_come_in_order) {
  stats::checked all;
  sequence_check reader;
  for (std::uint32_t i = 0; i < 5; ++i) EXPECT_TRUE(reader.take(i, all));
  reader.end(5, all);
  EXPECT_EQ(all.delivered, 5U);
  EXPECT_EQ(all.lost, 0U);
  EXPECT_EQ(all.repeated, 0U);
}

TEST(sequence_check, finds_what_is_lost_between_and_at_the_end) {
  stats::checked all;
  sequence_check reader;
  reader.take(0, all);
  EXPECT_FALSE(reader.take(3, all));
  reader.end(6, all);
  reader.end(6, all);
  EXPECT_EQ(all.lost, 4U);
  EXPECT_EQ(all.delivered, 2U);
}

TEST(sequence_check, finds_what_comes_again) {
  stats::checked all;
  sequence_check reader;
  reader.take(0, all);
  reader.take(1, all);
  EXPECT_FALSE(reader.take(0, all));
  EXPECT_EQ(all.repeated, 1U);
  EXPECT_EQ(reader.next(), 2U);
}

TEST(close_words, say_why_a_server_closed) {
  EXPECT_EQ(close_words("\x03\xf5slow reader"), ": 1013 slow reader");
  EXPECT_EQ(close_words("\x03\xe8"), ": 1000 ");
  EXPECT_EQ(close_words(""), "");
}

TEST(settling, makes_bytes_a_second_a_rate_of_bursts) {
  auto o = settled(kind::slow);
  o.byte_rate = 1'000'000;
  o.size = 1000;
  o.burst = 4;
  EXPECT_TRUE(settle(o).empty());
  EXPECT_EQ(o.rate, 250);
  o.scenario = kind::echo;
  EXPECT_EQ(settle(o).size(), 1U);
}

TEST(settling, takes_a_share_or_a_number_of_stalled_readers) {
  for (const double good : {0.1, 0.999, 1.0, 99.0}) {
    auto o = settled(kind::slow);
    o.stalled = good;
    EXPECT_TRUE(settle(o).empty()) << good;
  }
  for (const double bad : {0.0, -1.0, 1.5, 100.0}) {
    auto o = settled(kind::slow);
    o.stalled = bad;
    EXPECT_EQ(settle(o).size(), 1U) << bad;
  }
}

TEST(settling, wants_room_for_a_number_in_each_event) {
  auto o = settled(kind::slow);
  o.size = stamp::size + sequence::size - 1;
  EXPECT_EQ(settle(o).size(), 1U);
}

TEST(settling, wants_to_know_how_much_a_fill_is) {
  auto o = settled(kind::fill);
  EXPECT_EQ(settle(o).size(), 1U);
  o.count = 16;
  EXPECT_TRUE(settle(o).empty());
  EXPECT_EQ(o.warmup, 0);
}

TEST(settling, ends_a_slow_run_by_whole_bursts) {
  auto o = settled(kind::slow);
  o.burst = 4;
  o.count = 8;
  EXPECT_TRUE(settle(o).empty());
  o.count = 9;
  EXPECT_EQ(settle(o).size(), 1U);
}

TEST(stats, keeps_what_counts_at_any_time_apart) {
  stats measured, late;
  measured.messages = 3;
  measured.events.lost = 7;
  measured.fail("lost: reset");
  measured.forget_late();
  EXPECT_EQ(measured.errors, 0U);
  late.events = {10, 20, 1, 2};
  late.stalled = 4;
  late.stalled_left = 3;
  late.stalled_ends["reset"] = 3;
  measured.add_late(late);
  EXPECT_EQ(measured.messages, 3U);
  EXPECT_EQ(measured.events.lost, 1U);
  EXPECT_EQ(measured.stalled_ends.at("reset"), 3U);
}

TEST(report, says_how_numbered_events_came_in) {
  auto o = settled(kind::slow);
  result r;
  r.seconds = 1;
  r.all.events = {10, 18, 2, 0};
  r.all.stalled = 2;
  r.all.stalled_left = 1;
  r.all.stalled_ends["still connected"] = 1;
  r.moments.push_back({"measured", 1.5});
  const auto text = json_of(o, r);
  EXPECT_NE(text.find(R"("published":10,"delivered":18,"lost":2,"repeated":0)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("stalled_ends":{"still connected":1})"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("began_at":{"measured":1.5E0})"), std::string::npos) << text;
  EXPECT_NE(table_of(o, r).find("2 lost, 0 again or out of order"), std::string::npos) << table_of(o, r);
}

}  // namespace

}  // namespace encke::load
