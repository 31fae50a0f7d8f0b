// SPDX-License-Identifier: MIT
// Frames of `encke top`, from answers as the gateway gives them: what they say, and that they fit any terminal.
#include "gateway/top/render.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

#include "gateway/top/text.hpp"

namespace encke::gateway::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view memory = R"({"at":"2026-01-02T03:04:05.678Z","uptime_s":100.0,"pid":42,"rss":20971520,
  "limit":41943040,"used":10485760,"shedding":"none","explained":0.9834,
  "parts":[{"name":"session","kind":"clients","bytes":10485760,"objects":5000},
           {"name":"tls","kind":"clients","bytes":0,"objects":0},
           {"name":"cache","kind":"server","bytes":1048576,"objects":3},
           {"name":"free pages","kind":"allocator","bytes":2097152,"objects":0},
           {"name":"code","kind":"process","bytes":8388608,"objects":0},
           {"name":"unexplained","kind":"unexplained","bytes":-1048576,"objects":0}],
  "allocator":{"name":"jemalloc"},"connections":5021,"sessions":5003,"sockets":5004,"users":2480,"mark":null})";
constexpr std::string_view stats = R"({"counters":{"events_received":1000,"frames_sent":50000,"frames_dropped":0,
  "bytes_received":100000,"bytes_sent":9000000}})";
constexpr std::string_view top = R"({"by":"bytes",
  "connections":[{"id":"Ab3","user":"ann","address":"10.0.0.1:40000","namespace":"/","transport":"websocket","bytes":90000,
    "queued_bytes":80000,"queued_messages":400,"waiting_ms":9000,"connected_at":"2026-01-02T03:04:05.678Z"},
   {"id":"Ab4","user":"\u001b[31mred","address":"10.0.0.2:40000","namespace":"/","transport":"polling","bytes":5000,
    "queued_bytes":0,"queued_messages":0,"waiting_ms":0,"connected_at":"2026-01-02T03:04:05.678Z"}],
  "users":[{"user":"bob","connections":7,"bytes":190000,"queued_bytes":0}],
  "rooms":[{"namespace":"/chat","room":"lobby","members":5003,"bytes":640000}],"namespaces":[]})";

std::string with(std::string text, std::string_view old, std::string_view fresh) {
  const auto at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return text.replace(at, old.size(), fresh);
}

top_snapshot a_snapshot() {
  return read_snapshot(memory, stats, top);
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t end; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1))
    lines.emplace_back(text.substr(0, end));
  EXPECT_EQ(text, "");
  return lines;
}

std::string without_colors(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\x1b')
      i = text.find('m', i);
    else
      out += text[i];
  return out;
}

TEST(top_render, tells_who_is_there_and_what_is_held) {
  const auto text = render(a_snapshot(), {.api = "http://127.0.0.1:9090"});
  const auto lines = lines_of(text);
  EXPECT_EQ(lines[0], "encke top   http://127.0.0.1:9090   up 1 min 40 s   pid 42   every 1s");
  EXPECT_EQ(lines[1], "clients   5,021 connections   5,003 sessions   5,004 sockets   2,480 users");
  EXPECT_EQ(lines[2], "messages  in -, -   out -, -   dropped -");
  EXPECT_EQ(lines[3], "memory    20.0 MiB RSS   25.0 % of 40.0 MiB   shedding none   98.3 % explained");
  EXPECT_THAT(text, HasSubstr("session           10.0 MiB   50.0 %"));
  EXPECT_THAT(text, HasSubstr("unexplained      -1.00 MiB   -5.0 %"));
  EXPECT_THAT(text, Not(HasSubstr("tls")));
  EXPECT_THAT(text, HasSubstr("ann"));
  EXPECT_THAT(text, HasSubstr("87.9 KiB   78.1 KiB    400     9.0 s"));
  EXPECT_LT(text.find("session"), text.find("code"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(top_render, tells_how_fast_things_change) {
  const auto before = a_snapshot();
  auto later = read_snapshot(
      with(with(std::string{memory}, "100.0", "102.0"), "\"bytes\":10485760", "\"bytes\":10487808"),
      with(with(std::string{stats}, "1000", "3500"), "\"frames_dropped\":0", "\"frames_dropped\":6"), top);
  compare(later, before);
  const auto text = render(later, {});
  EXPECT_THAT(text, HasSubstr("in 1.25 k/s, 0 B/s   out 0/s, 0 B/s   dropped 3/s"));
  EXPECT_THAT(text, HasSubstr("50.0 %   +1.00 KiB"));

  auto restarted = read_snapshot(with(std::string{memory}, "42", "43"), stats, top);
  compare(restarted, before);
  EXPECT_FALSE(restarted.rates);
}

TEST(top_render, has_a_column_for_the_mark_when_there_is_one) {
  EXPECT_THAT(render(a_snapshot(), {}), Not(HasSubstr("SINCE MARK")));
  const auto marked = read_snapshot(
      with(
          std::string{memory}, "\"mark\":null",
          R"("mark":{"at":"","rss":1048576,"parts":[{"name":"session","bytes":10481664},{"name":"tls","bytes":2048}]})"),
      stats, top);
  const auto text = render(marked, {});
  EXPECT_THAT(text, HasSubstr("SINCE MARK"));
  EXPECT_THAT(text, HasSubstr("+4.00 KiB"));
  EXPECT_THAT(text, HasSubstr("-2.00 KiB"));  // gone since, so it is told though it holds nothing
  EXPECT_EQ(*marked.rss_since_mark, 19 * 1024 * 1024);
}

TEST(top_render, shows_users_and_rooms_instead) {
  top_view view{.table = top_table::users};
  EXPECT_THAT(render(a_snapshot(), view), HasSubstr("bob"));
  view.table = top_table::rooms;
  const auto text = render(a_snapshot(), view);
  EXPECT_THAT(text, HasSubstr("lobby"));
  EXPECT_THAT(text, HasSubstr("5,003"));
  EXPECT_THAT(text, Not(HasSubstr("ann")));
}

TEST(top_render, lets_no_name_speak_to_the_terminal) {
  for (const bool colors : {false, true}) {
    const auto text = render(a_snapshot(), {.colors = colors, .unicode = true});
    EXPECT_THAT(text, HasSubstr("?[31mred"));
    EXPECT_THAT(text, Not(HasSubstr("\x1b[31mred")));
  }
}

TEST(top_render, is_as_large_as_the_terminal) {
  auto now = a_snapshot();
  for (int i = 0; i < 30; ++i) now.by_connection.push_back(now.by_connection.front());
  for (int i = 0; i < 30; ++i) now.parts.push_back(now.parts.front());
  for (const std::size_t width : {1, 20, 40, 60, 72, 80, 86, 90, 100, 104, 140, 300})
    for (const std::size_t height : {1, 2, 6, 9, 12, 24, 50, 120})
      for (const auto table : {top_table::connections, top_table::users, top_table::rooms})
        for (const bool help : {false, true}) {
          const auto text =
              render(now, {.width = width, .height = height, .colors = true, .table = table, .help = help});
          const auto lines = lines_of(without_colors(text));
          EXPECT_EQ(lines.size(), height);
          for (const auto& line : lines) EXPECT_LE(cells(line), std::max<std::size_t>(width, 20)) << line;
        }
}

TEST(top_render, sums_up_the_parts_that_have_no_place) {
  const auto text = render(a_snapshot(), {.height = 14});
  EXPECT_THAT(text, HasSubstr("session"));
  EXPECT_THAT(text, HasSubstr("3 smaller         2.00 MiB"));
  EXPECT_THAT(text, HasSubstr("ann"));
}

TEST(top_render, says_what_happened_in_the_last_line) {
  const auto keys = lines_of(render(a_snapshot(), {.height = 24}));
  EXPECT_THAT(keys.back(), HasSubstr("q quit  s sort: bytes"));
  const auto noted = lines_of(render(a_snapshot(), {.height = 24, .note = "no answer"}));
  EXPECT_EQ(noted.back(), "no answer");
}

TEST(top_render, counts_one_as_one) {
  auto now = a_snapshot();
  now.connections = now.sessions = now.sockets = now.users = 1;
  EXPECT_EQ(lines_of(render(now, {.width = 100}))[1], "clients   1 connection   1 session   1 socket   1 user");
}

TEST(top_render, names_as_many_keys_as_fit_and_always_the_one_that_tells_the_rest) {
  const auto last = [](std::size_t width) {
    return lines_of(render(a_snapshot(), {.width = width, .height = 24})).back();
  };
  EXPECT_EQ(last(80), "q quit  s sort: bytes  t connections  p purge  m mark  space pause  ? help");
  EXPECT_EQ(last(61), "q quit  s sort: bytes  t connections  p purge  m mark  ? help");
  EXPECT_EQ(last(60), "q quit  s sort: bytes  t connections  p purge  ? help");
  EXPECT_EQ(last(20), "q quit  ? help");
}

TEST(top_render, has_bars_of_what_the_terminal_can_show) {
  EXPECT_THAT(render(a_snapshot(), {}), HasSubstr("###"));
  EXPECT_THAT(render(a_snapshot(), {.unicode = true}), HasSubstr("█"));
}

TEST(top_snapshot, refuses_what_is_no_answer_of_the_gateway) {
  EXPECT_THROW((void)read_snapshot("<html>", stats, top), std::runtime_error);
  EXPECT_THROW((void)read_snapshot("{}", stats, top), std::runtime_error);
  EXPECT_THROW((void)read_snapshot(memory, "{}", top), std::runtime_error);
  EXPECT_THROW((void)read_snapshot(memory, stats, "[]"), std::runtime_error);
  // Members of another type count as absent.
  const auto odd = read_snapshot(R"({"rss":"x","parts":[1,{"name":2}]})", stats, R"({"connections":7})");
  EXPECT_EQ(odd.rss, 0);
  EXPECT_EQ(odd.parts.size(), 1U);
}

}  // namespace
}  // namespace encke::gateway::test
