// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <limits>
#include <socketio/json_read.hpp>
#include <socketio/json_text.hpp>
#include <socketio/json_write.hpp>
#include <sstream>
#include <support/vectors.hpp>

namespace encke::socketio {
namespace {

template <class T>
std::string number(T value) {
  std::string out;
  append_number(out, value);
  return out;
}

std::string json_of(std::string_view utf8) {
  std::string out;
  append_string(out, utf8);
  return out;
}

/// The two words of a vector's value.
std::pair<std::string, std::string> words(const std::string& line) {
  std::istringstream in{line};
  std::pair<std::string, std::string> pair;
  in >> pair.first >> pair.second;
  return pair;
}

TEST(json_write, writes_doubles_as_javascript_does) {
  for (const auto& vector : encke::test::load_vectors("socketio/numbers"))
    for (const auto& line : vector.all("number")) {
      const auto [bits, text] = words(line);
      EXPECT_EQ(number(std::bit_cast<double>(std::stoull(bits, nullptr, 16))), text) << bits;
    }
}

TEST(json_write, writes_strings_as_javascript_does) {
  for (const auto& vector : encke::test::load_vectors("socketio/strings"))
    for (const auto& line : vector.all("string")) {
      const auto [bytes, text] = words(line);
      EXPECT_EQ(json_of(bytes == "-" ? "" : encke::test::unhex(bytes)), encke::test::unhex(text)) << bytes;
    }
}

TEST(json_write, writes_integers_exactly) {
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(-1), "-1");
  EXPECT_EQ(number('a'), "97");
  EXPECT_EQ(number(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(number(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(number(1.0F), "1");
}

TEST(json_write, appends) {
  std::string out = "[";
  append_number(out, 1);
  out += ',';
  append_string(out, "a");
  EXPECT_EQ(out, "[1,\"a\"");
}

TEST(json_write, makes_strings_that_read_back_the_same) {
  for (std::size_t size = 0; size < 40; ++size) {
    for (const std::string_view odd : {"\"", "\\", "\n", "\x01", "\x7f", "é", "€", "😀"}) {
      std::string text(size, 'x');
      text += odd;
      text.append(size % 20, 'y');
      const std::string json = json_of(text);
      ASSERT_TRUE(check_json(json, 0)) << json;
      EXPECT_EQ(unescape(std::string_view{json}.substr(1, json.size() - 2)), text);
    }
  }
}

TEST(json_text, gives_the_value_without_whitespace_around) {
  EXPECT_EQ(check_json(" \n{\"a\" : 1}\t\r", 8).value(), "{\"a\" : 1}");
  for (const std::string_view text : {"null", "true", "false", "0", "-0", "1.5E-7", "\"\"", "[]", "{}"})
    EXPECT_EQ(check_json(text, 1).value(), text);
  for (const std::string_view text : {"", " ", "nul", "tru", "falsy", "-", "\"", "[", "{", "]", "{]", "[}", "1 2"})
    EXPECT_EQ(check_json(text, 1).error(), error::invalid_json) << text;
}

TEST(json_text, counts_depth_from_the_outermost_bracket) {
  EXPECT_TRUE(check_json("1", 0));
  EXPECT_EQ(check_json("[]", 0).error(), error::too_deep);
  EXPECT_TRUE(check_json("[{}]", 2));
  EXPECT_EQ(check_json("[{}]", 1).error(), error::too_deep);
  EXPECT_TRUE(check_json_array("[[]]", 2));
  EXPECT_EQ(check_json_array("[[]]", 1).error(), error::too_deep);
}

TEST(json_text, takes_arrays_apart) {
  const auto array = check_json_array("[ 1 , [2,{}] ,3 ] ", 8).value();
  EXPECT_EQ(array.text, "[ 1 , [2,{}] ,3 ]");
  EXPECT_EQ(array.inner, "1 , [2,{}] ,3");
  EXPECT_EQ(array.first, "1");
  EXPECT_EQ(array.rest, "[2,{}] ,3");
  EXPECT_EQ(array.count, 3U);

  const auto empty = check_json_array("[ ]", 8).value();
  EXPECT_EQ(empty.inner, "");
  EXPECT_EQ(empty.first, "");
  EXPECT_EQ(empty.rest, "");
  EXPECT_EQ(empty.count, 0U);
}

TEST(json_text, finds_what_is_wrong_at_every_offset_of_a_long_string) {
  for (std::size_t at = 0; at < 50; ++at) {
    std::string text = '"' + std::string(50, 'x') + '"';
    EXPECT_TRUE(check_json(text, 0));
    for (const char bad : {'\x00', '\x1f', '\x80', '\xff', '"'}) {
      text[at + 1] = bad;
      EXPECT_FALSE(check_json(text, 0)) << at;
    }
    text[at + 1] = '\x7f';
    EXPECT_TRUE(check_json(text, 0));
  }
}

TEST(json_read, tells_kinds) {
  EXPECT_EQ(kind_of("null"), json_kind::null);
  EXPECT_EQ(kind_of("true"), json_kind::boolean);
  EXPECT_EQ(kind_of("false"), json_kind::boolean);
  EXPECT_EQ(kind_of("-1"), json_kind::number);
  EXPECT_EQ(kind_of("\"\""), json_kind::string);
  EXPECT_EQ(kind_of("[]"), json_kind::array);
  EXPECT_EQ(kind_of("{}"), json_kind::object);
}

TEST(json_read, replaces_lone_surrogates_and_nothing_else) {
  EXPECT_EQ(replace_lone_surrogates(R"(["\ud83d\ude00","\\ud83d","\u00e9"])"), std::nullopt);
  EXPECT_EQ(replace_lone_surrogates(R"(["\ud83d","\uDE00\ud83d\uD83D\uDE00","x\ud83d\n"])"),
            R"(["\ufffd","\ufffd\ufffd\uD83D\uDE00","x\ufffd\n"])");
}

TEST(json_write, writes_what_is_beyond_ascii_as_escapes) {
  std::string out;
  append_ascii(out, "[\"a\u00e9\u20ac\U0001f600\\n\"]");
  EXPECT_EQ(out, R"(["a\u00e9\u20ac\ud83d\ude00\n"])");
}

}  // namespace
}  // namespace encke::socketio
