// SPDX-License-Identifier: MIT
// UTF-8 validation, replacement and UTF-16 counting, against tables and against a slow model written here.
#include "base/utf8.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace encke::utf8 {
namespace {

using namespace std::string_literals;

struct sample {
  std::string text;
  bool valid;
};

const std::vector<sample>& samples() {
  static const std::vector<sample> all{
      {"", true},
      {"plain ascii, longer than eight bytes\x7F"s, true},
      {"\0embedded\0"s, true},
      {"\xC2\x80", true},
      {"\xDF\xBF", true},
      {"\xE0\xA0\x80", true},
      {"\xED\x9F\xBF", true},
      {"\xEE\x80\x80", true},
      {"\xEF\xBF\xBF", true},
      {"\xF0\x90\x80\x80", true},
      {"\xF4\x8F\xBF\xBF", true},
      {"caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80 done and more ascii", true},
      {"\x80", false},
      {"\xBF", false},
      {"\xC0\x80", false},
      {"\xC1\xBF", false},
      {"\xE0\x9F\xBF", false},
      {"\xED\xA0\x80", false},
      {"\xED\xBF\xBF", false},
      {"\xF0\x8F\xBF\xBF", false},
      {"\xF4\x90\x80\x80", false},
      {"\xF5\x80\x80\x80", false},
      {"\xFE", false},
      {"\xFF", false},
      {"\xC3", false},
      {"\xE2\x82", false},
      {"\xF0\x9F\x98", false},
      {"\xE2\x28\xA1", false},
      {"\xC3\xC3\xA9", false},
      {"seven..\xF0\x9F\x98\x80\x80", false},
  };
  return all;
}

// RFC 3629 4 by code point instead of by byte range.
bool model_is_valid(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<std::uint8_t>(text[i]);
    const std::size_t size = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
    if (size == 0 || text.size() - i < size) return false;
    std::uint32_t code = size == 1 ? lead : lead & (0x7FU >> size);
    for (std::size_t k = 1; k < size; ++k) {
      const auto byte = static_cast<std::uint8_t>(text[i + k]);
      if (byte >> 6 != 2) return false;
      code = code << 6 | (byte & 0x3FU);
    }
    const std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < least[size] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
    i += size;
  }
  return true;
}

// Bytes that hit the borders of every range often.
std::string random_text(std::mt19937& random, std::size_t size) {
  static const std::string bytes = "a\x7F\x80\x8F\x90\x9F\xA0\xBF\xC1\xC2\xDF\xE0\xE1\xED\xEF\xF0\xF1\xF4\xF5\xFF"s;
  std::string text(size, '\0');
  for (char& c : text) c = bytes[random() % bytes.size()];
  return text;
}

TEST(utf8, tells_valid_text_from_invalid) {
  for (const auto& [text, valid] : samples()) EXPECT_EQ(is_valid(text), valid) << testing::PrintToString(text);
}

TEST(utf8, answers_the_same_for_a_text_split_at_every_byte) {
  for (const auto& [text, valid] : samples()) {
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      validator check;
      const bool first = check.feed(std::string_view{text}.substr(0, cut));
      const bool second = check.feed(std::string_view{text}.substr(cut));
      EXPECT_EQ(first && second && check.complete(), valid) << testing::PrintToString(text) << " cut at " << cut;
    }
  }
}

TEST(utf8, refuses_at_the_first_byte_that_cannot_be_right) {
  validator check;
  EXPECT_TRUE(check.feed("\xED"));
  EXPECT_FALSE(check.complete());
  EXPECT_FALSE(check.feed("\xA0"));
  EXPECT_FALSE(check.complete());
}

TEST(utf8, stays_at_no_until_reset) {
  validator check;
  EXPECT_FALSE(check.feed("\xFF"));
  EXPECT_FALSE(check.feed("fine"));
  EXPECT_FALSE(check.feed(""));
  EXPECT_FALSE(check.complete());
  check.reset();
  EXPECT_TRUE(check.feed("fine"));
  EXPECT_TRUE(check.complete());
}

TEST(utf8, agrees_with_decoding_by_code_point_on_every_short_text) {
  std::string text(3, '\0');
  for (unsigned a = 0; a < 256; ++a) {
    for (unsigned b = 0x70; b < 0x100; ++b) {
      for (unsigned c : {0x7FU, 0x80U, 0xBFU, 0xC0U}) {
        text = {static_cast<char>(a), static_cast<char>(b), static_cast<char>(c)};
        ASSERT_EQ(is_valid(text), model_is_valid(text)) << testing::PrintToString(text);
      }
    }
  }
}

TEST(utf8, agrees_with_decoding_by_code_point_on_random_text) {
  std::mt19937 random{1};
  for (int i = 0; i < 50000; ++i) {
    const auto text = random_text(random, random() % 12);
    ASSERT_EQ(is_valid(text), model_is_valid(text)) << testing::PrintToString(text);
  }
}

TEST(utf8, replaces_every_maximal_invalid_part_by_one_character) {
  const std::string fffd = "\xEF\xBF\xBD";
  EXPECT_EQ(replace_invalid(""), "");
  EXPECT_EQ(replace_invalid("caf\xC3\xA9"), "caf\xC3\xA9");
  EXPECT_EQ(replace_invalid("a\x80z"), "a" + fffd + "z");
  EXPECT_EQ(replace_invalid("a\xF0\x9F\x98z"), "a" + fffd + "z");
  EXPECT_EQ(replace_invalid("\xE2\x82"), fffd);
  EXPECT_EQ(replace_invalid("\xC0\x80"), fffd + fffd);
  EXPECT_EQ(replace_invalid("\xED\xA0\x80"), fffd + fffd + fffd);
  EXPECT_EQ(replace_invalid("\xF4\x90\x80\x80"), fffd + fffd + fffd + fffd);
  // The example of the Unicode standard, table 3-11.
  EXPECT_EQ(replace_invalid("\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64"),
            "a" + fffd + fffd + fffd + "b" + fffd + "c" + fffd + fffd + "d");
}

TEST(utf8, replacement_gives_valid_text_and_leaves_valid_text_alone) {
  std::mt19937 random{2};
  for (int i = 0; i < 20000; ++i) {
    const auto text = random_text(random, random() % 12);
    const auto repaired = replace_invalid(text);
    ASSERT_TRUE(is_valid(repaired)) << testing::PrintToString(text);
    if (!is_valid(text)) continue;
    ASSERT_EQ(repaired, text);
  }
}

TEST(utf8, counts_utf16_units) {
  EXPECT_EQ(utf16_length(""), 0U);
  EXPECT_EQ(utf16_length("hello, hello, hello"), 19U);
  EXPECT_EQ(utf16_length("\xE2\x82\xAC"), 1U);
  EXPECT_EQ(utf16_length("\xF0\x9F\x98\x80"), 2U);
  EXPECT_EQ(utf16_length("seven..\xF0\x9F\x98\x80\xC3\xA9 and the rest"), 23U);
}

TEST(utf8, finds_the_bytes_of_a_number_of_utf16_units) {
  constexpr auto npos = std::string_view::npos;
  const std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z";
  EXPECT_EQ(bytes_of_utf16_units(text, 0), 0U);
  EXPECT_EQ(bytes_of_utf16_units(text, 1), 1U);
  EXPECT_EQ(bytes_of_utf16_units(text, 2), 3U);
  EXPECT_EQ(bytes_of_utf16_units(text, 3), 6U);
  EXPECT_EQ(bytes_of_utf16_units(text, 4), npos);  // inside the surrogate pair
  EXPECT_EQ(bytes_of_utf16_units(text, 5), 10U);
  EXPECT_EQ(bytes_of_utf16_units(text, 6), 11U);
  EXPECT_EQ(bytes_of_utf16_units(text, 7), npos);
  EXPECT_EQ(bytes_of_utf16_units("", 0), 0U);
  EXPECT_EQ(bytes_of_utf16_units("", 1), npos);
  EXPECT_EQ(bytes_of_utf16_units("abc", npos), npos);
}

TEST(utf8, counting_survives_invalid_text) {
  constexpr auto npos = std::string_view::npos;
  EXPECT_EQ(bytes_of_utf16_units("\x80\x80", 0), 0U);
  EXPECT_EQ(bytes_of_utf16_units("\x80\x80", 1), npos);
  EXPECT_EQ(bytes_of_utf16_units("\x80"s + "a\x80z"s, 1), 3U);
  EXPECT_EQ(bytes_of_utf16_units("12345678\x80", 8), 9U);
}

TEST(utf8, cutting_after_the_counted_units_gives_that_count_back) {
  std::mt19937 random{3};
  for (int i = 0; i < 20000; ++i) {
    auto text = replace_invalid(random_text(random, random() % 30));
    if (random() % 2 == 0) text.insert(0, "a run of plain ascii");
    const std::size_t all = utf16_length(text);
    ASSERT_EQ(bytes_of_utf16_units(text, all), text.size());
    ASSERT_EQ(bytes_of_utf16_units(text, all + 1), std::string_view::npos);
    const std::size_t some = random() % (all + 1);
    const std::size_t bytes = bytes_of_utf16_units(text, some);
    if (bytes == std::string_view::npos) continue;
    ASSERT_TRUE(is_valid(text.substr(0, bytes)));
    ASSERT_EQ(utf16_length(text.substr(0, bytes)), some);
  }
}

}  // namespace
}  // namespace encke::utf8
