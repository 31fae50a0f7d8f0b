// SPDX-License-Identifier: MIT
// Log lines, and the file they go to.
#include "gateway/log/log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>

#include "unit/gateway/config_support.hpp"

namespace encke::gateway::test {
namespace {

constexpr std::chrono::seconds patience{10};
const std::chrono::system_clock::time_point moment{std::chrono::milliseconds{1'700'000'000'042}};

std::string json(std::string_view message, std::span<const log_field> fields = {}) {
  return format_record(log_format::json, moment, log_level::info, message, fields);
}
std::string text(std::string_view message, std::span<const log_field> fields = {}) {
  return format_record(log_format::text, moment, log_level::warning, message, fields);
}

TEST(log, writes_a_line_of_text) {
  EXPECT_EQ(
      text("session closed", log_fields{}.id("abc").user("alice").address("10.0.0.1").add("reason", "ping timeout")),
      "2023-11-14T22:13:20.042Z warn  session closed id=abc user=alice address=10.0.0.1 reason=\"ping timeout\"\n");
}

TEST(log, writes_a_line_of_json) {
  EXPECT_EQ(
      json("session closed", log_fields{}.id("abc").user("al\"ice").add("n", "5")),
      R"({"ts":"2023-11-14T22:13:20.042Z","level":"info","msg":"session closed","id":"abc","user":"al\"ice","n":"5"})"
      "\n");
}

TEST(log, leaves_out_fields_without_a_value) {
  EXPECT_EQ(text("m", log_fields{}.id("").user("u")), "2023-11-14T22:13:20.042Z warn  m user=u\n");
}

TEST(log, keeps_its_own_fields_unique) {
  const auto object = boost::json::parse(json("m", log_fields{}.add("msg", "x").add("ts", "y"))).as_object();
  EXPECT_EQ(object.at("msg"), "m");
  EXPECT_EQ(object.at("msg_"), "x");
  EXPECT_EQ(object.at("ts_"), "y");
}

TEST(log, keeps_every_record_one_line_whatever_a_client_sends) {
  std::string nasty = "a\r\n2023 forged\x1b[31m\t\x7f\xc2\x9b\xe2\x80\xa8";
  nasty += '\0';
  for (int byte = 0; byte < 256; ++byte) nasty += static_cast<char>(byte);
  for (const auto& line : {text(nasty, log_fields{}.user(nasty)), json(nasty, log_fields{}.user(nasty))}) {
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    for (const unsigned char c : line.substr(0, line.size() - 1)) EXPECT_TRUE(c >= 0x20 && c != 0x7f);
    EXPECT_EQ(line.find("\xc2\x9b"), std::string::npos);
  }
}

TEST(log, writes_json_that_reads_back) {
  const std::string value = "quote \" backslash \\ tab \t umlaut \xc3\xa4 emoji \xf0\x9f\x98\x80";
  const auto object = boost::json::parse(json(value, log_fields{}.user(value))).as_object();
  EXPECT_EQ(object.at("msg").as_string(), value);
  EXPECT_EQ(object.at("user").as_string(), value);
}

TEST(log, replaces_what_is_not_utf8) {
  for (const auto* bad : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"}) {
    const auto line = json(bad);
    EXPECT_NE(line.find("\xef\xbf\xbd"), std::string::npos);
    boost::system::error_code error;
    (void)boost::json::parse(line, error);
    EXPECT_FALSE(error) << line;
  }
}

TEST(log, cuts_long_values) {
  EXPECT_LT(json("m", log_fields{}.user(std::string(1'000'000, 'x'))).size(), 1200u);
  EXPECT_LT(text("m", log_fields{}.user(std::string(1'000'000, 'x'))).size(), 1200u);
}

TEST(log, appends_to_its_file_from_a_level_on) {
  const folder f;
  const log_settings settings{.level = log_level::info, .format = log_format::text, .file = f.file("a.log")};
  f.write("a.log", "before\n");
  const logger log{settings};
  logger other{settings};
  other.write(log_level::debug, "too low");
  other.write(log_level::info, "kept", log_fields{}.id("1"));
  EXPECT_FALSE(other.is_on(log_level::debug));
  EXPECT_TRUE(other.is_on(log_level::error));
  EXPECT_TRUE(other.flush(patience));
  const auto content = content_of(settings.file);
  EXPECT_TRUE(content.starts_with("before\n20"));
  EXPECT_TRUE(content.ends_with(" info  kept id=1\n"));
  EXPECT_EQ(content.find("too low"), std::string::npos);
}

TEST(log, writes_nothing_when_off) {
  const folder f;
  logger log{{.level = std::nullopt, .format = log_format::text, .file = f.file("a.log")}};
  log.write(log_level::error, "x");
  EXPECT_TRUE(log.flush(patience));
  EXPECT_EQ(content_of(f.file("a.log")), "");
}

TEST(log, opens_its_file_again_after_a_rotation) {
  const folder f;
  log_settings settings{.level = log_level::info, .format = log_format::text, .file = f.file("a.log")};
  logger log{settings};
  log.write(log_level::info, "one");
  EXPECT_TRUE(log.flush(patience));
  std::filesystem::rename(f.file("a.log"), f.file("a.log.1"));
  log.write(log_level::info, "two");
  settings.level = log_level::debug;
  settings.format = log_format::json;
  log.turn_to(logger::target{settings});
  log.write(log_level::debug, "three");
  EXPECT_TRUE(log.flush(patience));
  EXPECT_NE(content_of(f.file("a.log.1")).find("two"), std::string::npos);
  EXPECT_NE(content_of(f.file("a.log")).find("\"msg\":\"three\""), std::string::npos);
}

TEST(log, keeps_the_old_file_when_the_new_one_cannot_be_opened) {
  const folder f;
  logger log{{.level = log_level::info, .format = log_format::text, .file = f.file("a.log")}};
  const log_settings nowhere{.level = std::nullopt, .format = log_format::text, .file = "/nowhere/a.log"};
  EXPECT_THROW(logger::target{nowhere}, std::runtime_error);
  EXPECT_THROW(logger{nowhere}, std::runtime_error);
  log.write(log_level::info, "still here");
  EXPECT_TRUE(log.flush(patience));
  EXPECT_NE(content_of(f.file("a.log")).find("still here"), std::string::npos);
}

TEST(log, escapes_what_turns_a_line_around_or_hides) {
  const std::string user = "\u202Eecila\u2066\u200F\u061C\u00AD\uFEFF\U000E0041\u0085";
  const std::string shown = R"(\u202eecila\u2066\u200f\u061c\u00ad\ufeff\udb40\udc41\u0085)";
  EXPECT_NE(text("m", log_fields{}.user(user)).find("user=\"" + shown + "\""), std::string::npos);
  const auto line = json("m", log_fields{}.user(user));
  EXPECT_NE(line.find(shown), std::string::npos);
  EXPECT_EQ(boost::json::parse(line).as_object().at("user").as_string(), user);
}

TEST(log, does_not_wait_for_a_named_pipe_without_a_reader) {
  const folder f;
  ASSERT_EQ(::mkfifo(f.file("pipe").c_str(), 0600), 0);
  logger log{{.level = log_level::info, .format = log_format::text, .file = f.file("pipe")}};
  log.write(log_level::info, "early");
  EXPECT_TRUE(log.flush(patience));
  EXPECT_EQ(log.lost(), 0U);
  const int reader = ::open(f.file("pipe").c_str(), O_RDONLY | O_NONBLOCK);
  std::array<char, 256> got{};
  const auto size = ::read(reader, got.data(), got.size());
  ASSERT_GT(size, 0);
  EXPECT_NE((std::string_view{got.data(), static_cast<std::size_t>(size)}.find("info  early\n")), std::string::npos);
  ::close(reader);
}

TEST(log, takes_records_of_the_library_even_when_it_is_gone) {
  const folder f;
  log_hook hook;
  {
    const logger log{{.level = log_level::info, .format = log_format::json, .file = f.file("a.log")}};
    hook = log.hook();
  }
  const log_field fields[] = {{"sid", "abc"}};
  hook({encke::log_level::warning, "session closed", fields});
  hook({encke::log_level::debug, "too low", fields});
  hook = {};  // the last one who holds it waits for what it writes
  const auto object = boost::json::parse(content_of(f.file("a.log"))).as_object();
  EXPECT_EQ(object.at("level"), "warn");
  EXPECT_EQ(object.at("msg"), "session closed");
  EXPECT_EQ(object.at("sid"), "abc");
}

}  // namespace
}  // namespace encke::gateway::test
