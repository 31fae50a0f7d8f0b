// SPDX-License-Identifier: MIT
// Values to and from the wire: argument lists as they are written, and what their types are read as.
#include <gtest/gtest.h>

#include <boost/describe.hpp>
#include <cmath>
#include <encke/handler.hpp>
#include <hub/value.hpp>
#include <limits>
#include <map>

namespace encke::test {

struct picture {
  std::string title;
  bytes data;
  std::vector<bytes> thumbnails;
};
BOOST_DESCRIBE_STRUCT(picture, (), (title, data, thumbnails))

namespace {

template <class... Args>
std::string written(const Args&... args) {
  arguments list;
  (list.add(args), ...);
  return list.text();
}

template <class T>
std::optional<T> read(std::string_view text, std::vector<std::string> attachments = {}) {
  const auto values = detail::parse_arguments(text);
  detail::attachment_scope scope{std::span<const std::string>{attachments}};
  return detail::convert<T>(values.empty() ? nullptr : &values.front());
}

TEST(arguments, are_written_as_json_stringify_would) {
  EXPECT_EQ(written(), "");
  EXPECT_EQ(written(1, -2, 3U, std::int8_t{4}), "1,-2,3,4");
  EXPECT_EQ(written(1.0, 0.5, -0.0, 1e21, 1e-7, 123456789012345680.0), "1,0.5,0,1e+21,1e-7,123456789012345680");
  EXPECT_EQ(written(std::nan(""), HUGE_VAL), "null,null");
  EXPECT_EQ(written(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(written(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(written(true, false, nullptr), "true,false,null");
  EXPECT_EQ(written("text", std::string{"a\"b"}, std::string_view{"€"}), R"("text","a\"b","€")");
  EXPECT_EQ(written("\n\x01\x1f/\x7f\\"), "\"\\n\\u0001\\u001f/\x7f\\\\\"");
  EXPECT_EQ(written(std::optional<int>{}, std::optional<int>{5}), "null,5");
  EXPECT_EQ(written(std::vector<int>{}, std::vector<int>{1, 2}), "[],[1,2]");
  EXPECT_EQ(written(std::map<std::string, int>{{"a", 1}}), R"({"a":1})");
}

TEST(arguments, pass_raw_json_on_as_it_is) {
  EXPECT_EQ(written(raw_json{R"({ "a" : 1 })"}, 2), R"({ "a" : 1 },2)");
}

TEST(arguments, put_binary_into_attachments_in_order) {
  arguments list;
  list.add(bytes{"one"});
  list.add(picture{"sun", {"two"}, {{"three"}, {"four"}}});
  EXPECT_EQ(list.attachments(), (std::vector<std::string>{"one", "two", "three", "four"}));
  EXPECT_EQ(list.text(), R"({"_placeholder":true,"num":0},{"title":"sun","data":{"_placeholder":true,"num":1},)"
                         R"("thumbnails":[{"_placeholder":true,"num":2},{"_placeholder":true,"num":3}]})");
}

TEST(arguments, are_joined_with_their_attachments_numbered_anew) {
  arguments first, second, both;
  first.add(bytes{"one"});
  second.add(picture{"sun", {"two"}, {}});
  second.add("text");
  both.add(first);
  both.add(second);
  EXPECT_EQ(both.attachments(), (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(both.text(), R"({"_placeholder":true,"num":0},)"
                         R"({"title":"sun","data":{"_placeholder":true,"num":1},"thumbnails":[]},"text")");
  arguments onto_text;
  onto_text.add(1);
  onto_text.add(first);
  onto_text.add(arguments{});
  EXPECT_EQ(onto_text.text(), R"(1,{"_placeholder":true,"num":0})");
}

TEST(arguments, are_joined_whatever_escapes_they_hold) {
  arguments own, odd{R"("\ud800",{"_placeholder":true,"num":0})", {"data"}};
  own.add(bytes{"one"});
  own.add(odd);
  EXPECT_EQ(own.attachments(), (std::vector<std::string>{"one", "data"}));
  EXPECT_NE(own.text().find(R"("num":1)"), std::string::npos) << own.text();
}

TEST(convert, reads_what_fits_and_nothing_else) {
  EXPECT_EQ(read<int>("42"), 42);
  EXPECT_EQ(read<int>("-1"), -1);
  EXPECT_EQ(read<int>("1.0"), 1);
  EXPECT_EQ(read<int>("1.5"), std::nullopt);
  EXPECT_EQ(read<int>("2147483648"), std::nullopt);
  EXPECT_EQ(read<unsigned>("-1"), std::nullopt);
  EXPECT_EQ(read<std::uint8_t>("256"), std::nullopt);
  EXPECT_EQ(read<int>(R"("42")"), std::nullopt);
  EXPECT_EQ(read<double>("1"), 1.0);
  EXPECT_EQ(read<bool>("true"), true);
  EXPECT_EQ(read<bool>("1"), std::nullopt);
  EXPECT_EQ(read<std::string>(R"("a\u20ac")"), "a€");
  EXPECT_EQ(read<std::string>("null"), std::nullopt);
  EXPECT_EQ(read<std::vector<int>>("[1,2]"), (std::vector<int>{1, 2}));
  EXPECT_EQ(read<std::vector<int>>(R"([1,"2"])"), std::nullopt);
  EXPECT_EQ(read<json>("null"), json(nullptr));
}

TEST(convert, takes_a_missing_argument_for_an_empty_optional_only) {
  EXPECT_EQ(read<int>(""), std::nullopt);
  EXPECT_EQ(read<std::optional<int>>(""), std::optional<std::optional<int>>{std::optional<int>{}});
  EXPECT_EQ(read<std::optional<int>>("null"), std::optional<std::optional<int>>{std::optional<int>{}});
  EXPECT_EQ(read<std::optional<int>>("3"), std::optional<std::optional<int>>{3});
  EXPECT_EQ(read<std::optional<int>>(R"("x")"), std::nullopt);
}

TEST(convert, finds_binary_by_its_placeholder) {
  EXPECT_EQ(read<bytes>(R"({"_placeholder":true,"num":1})", {"a", "b"}), bytes{"b"});
  EXPECT_EQ(read<bytes>(R"({"_placeholder":true,"num":2})", {"a", "b"}), std::nullopt);
  EXPECT_EQ(read<bytes>(R"({"_placeholder":false,"num":0})", {"a"}), std::nullopt);
  EXPECT_EQ(read<bytes>(R"({"_placeholder":true,"num":-1})", {"a"}), std::nullopt);
  EXPECT_EQ(read<bytes>(R"({"_placeholder":true})", {"a"}), std::nullopt);
  EXPECT_EQ(read<bytes>(R"("a")", {"a"}), std::nullopt);
  const auto one = read<picture>(R"({"title":"x","data":{"_placeholder":true,"num":0},"thumbnails":[]})", {"a"});
  ASSERT_TRUE(one);
  EXPECT_EQ(one->data, bytes{"a"});
}

TEST(convert, reads_text_with_lone_surrogates) {
  EXPECT_EQ(read<std::string>(R"("a\ud800b")"),
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(read<int>(R"(5,"\udfff")"), 5);
}

TEST(bytes, become_json_only_while_something_is_sent) {
  EXPECT_THROW((void)boost::json::value_from(bytes{"x"}), std::logic_error);
}

TEST(write_json, keeps_members_in_order_and_escapes_keys) {
  const auto value = hub::parse_json(R"({"z":1,"a":[],"q\"":{},"u":"\u2028"})");
  ASSERT_TRUE(value);
  EXPECT_EQ(hub::write_json(*value), "{\"z\":1,\"a\":[],\"q\\\"\":{},\"u\":\"\u2028\"}");
}

TEST(parse_json, refuses_what_is_no_json) {
  for (const std::string_view text : {"", "{", "[1,]", "nul", "1 2", "'a'"})
    EXPECT_FALSE(hub::parse_json(text)) << text;
}

}  // namespace
}  // namespace encke::test
