// SPDX-License-Identifier: MIT
#include "http/query.hpp"

#include "http/cookie.hpp"
#include "http/text.hpp"

#include <gtest/gtest.h>

namespace encke::http {
namespace {

TEST(query, reads_parameters_in_order) {
  const query q{"EIO=4&transport=polling&t=a=b&flag&=x"};
  ASSERT_EQ(q.size(), 5U);
  EXPECT_EQ(q.get("EIO"), "4");
  EXPECT_EQ(q.get("transport"), "polling");
  EXPECT_EQ(q.get("t"), "a=b");
  EXPECT_EQ(q.get("flag"), "");
  EXPECT_EQ(q.get(""), "x");
  EXPECT_EQ(q.get("eio"), std::nullopt);
  EXPECT_EQ(q.begin()->first, "EIO");
}

TEST(query, the_last_of_duplicates_wins) {
  const query q{"sid=1&x=2&sid=3"};
  EXPECT_EQ(q.get("sid"), "3");
  EXPECT_EQ(q.size(), 3U);
}

TEST(query, tells_absent_from_empty) {
  const query q{"j=&k"};
  EXPECT_TRUE(q.has("j"));
  EXPECT_TRUE(q.has("k"));
  EXPECT_FALSE(q.has("l"));
}

TEST(query, skips_empty_pieces) {
  EXPECT_TRUE(query{""}.empty());
  EXPECT_TRUE(query{"&&&"}.empty());
  EXPECT_EQ((query{"&a=1&&b=2&"}.size()), 2U);
}

TEST(query, decodes_names_and_values) {
  const query q{"a+b=c+d&%61=%2B%26%3d&e=%E2%82%AC"};
  EXPECT_EQ(q.get("a b"), "c d");
  EXPECT_EQ(q.get("a"), "+&=");
  EXPECT_EQ(q.get("e"), "\xe2\x82\xac");
}

TEST(query, leaves_a_stray_percent_and_replaces_bad_utf8) {
  const query q{"a=%&b=%4&c=%zz1&d=%ff&e=\xc3"};
  EXPECT_EQ(q.get("a"), "%");
  EXPECT_EQ(q.get("b"), "%4");
  EXPECT_EQ(q.get("c"), "%zz1");
  EXPECT_EQ(q.get("d"), "\xef\xbf\xbd");
  EXPECT_EQ(q.get("e"), "\xef\xbf\xbd");
}

TEST(query, reads_a_bounded_number_of_parameters) {
  std::string raw;
  for (int i = 0; i < 1000; ++i) raw += "a" + std::to_string(i) + "=1&";
  const query q{raw};
  EXPECT_EQ(q.size(), query::max_parameters);
  EXPECT_TRUE(q.has("a255"));
  EXPECT_FALSE(q.has("a256"));
}

TEST(query, percent_coding_goes_both_ways) {
  std::string all;
  for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
  EXPECT_EQ(percent_decode(percent_encode(all)), all);
  EXPECT_EQ(percent_encode("a-z._~ /+\xff"), "a-z._~%20%2F%2B%FF");
  EXPECT_EQ(percent_decode("a+b%20c%"), "a+b c%");
}

TEST(cookie, finds_the_first_of_its_name) {
  EXPECT_EQ(cookie("a=1; token=x.y.z; b=2", "token"), "x.y.z");
  EXPECT_EQ(cookie("a=1; a=2", "a"), "1");
  EXPECT_EQ(cookie("aa=1; a=2", "a"), "2");
  EXPECT_EQ(cookie("A=1", "a"), std::nullopt);
  EXPECT_EQ(cookie("", "a"), std::nullopt);
}

TEST(cookie, finds_all_of_its_name_one_after_another) {
  std::string_view rest = "a=1; b=2; a=\"3\"; aa=4; a=";
  EXPECT_EQ(next_cookie(rest, "a"), "1");
  EXPECT_EQ(next_cookie(rest, "a"), "3");
  EXPECT_EQ(next_cookie(rest, "a"), "");
  EXPECT_EQ(next_cookie(rest, "a"), std::nullopt);
}

TEST(cookie, tolerates_quotes_spaces_and_nonsense) {
  EXPECT_EQ(cookie("a=\"1 2\"", "a"), "1 2");
  EXPECT_EQ(cookie("a=\"", "a"), "\"");
  EXPECT_EQ(cookie(" ;;  a = b=c ;", "a"), "b=c");
  EXPECT_EQ(cookie("nonsense; a=", "a"), "");
  EXPECT_EQ(cookie("nonsense", "nonsense"), std::nullopt);
}

TEST(text, compares_and_lists) {
  EXPECT_TRUE(iequals("KeeP-Alive", "keep-alivE"));
  EXPECT_FALSE(iequals("@", "`"));
  EXPECT_TRUE(list_has(" a ,, B\t,c", "b"));
  EXPECT_FALSE(list_has("a b", "b"));
  EXPECT_FALSE(list_has("", ""));
  EXPECT_TRUE(is_token("X-Y_z!"));
  EXPECT_FALSE(is_token(""));
  EXPECT_FALSE(is_token("a b"));
  EXPECT_FALSE(is_token("\xc3\xa4"));
}

}  // namespace
}  // namespace encke::http
