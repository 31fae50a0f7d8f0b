// SPDX-License-Identifier: MIT
// Values to and from the wire: argument lists as they are written, and what their types are read as.
#include <gtest/gtest.h>

#include <boost/describe.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>
#include <cmath>
#include <encke/handler.hpp>
#include <encke/handshake.hpp>
#include <filesystem>
#include <hub/value.hpp>
#include <limits>
#include <map>
#include <set>

namespace encke::test {

struct picture {
  std::string title;
  bytes data;
  std::vector<bytes> thumbnails;
};
BOOST_DESCRIBE_STRUCT(picture, (), (title, data, thumbnails))

struct named {
  std::string name = "nobody";
};
BOOST_DESCRIBE_STRUCT(named, (), (name))
enum class colour { red = 1, green };
BOOST_DESCRIBE_ENUM(colour, red, green)
struct shape : named {
  std::optional<int> size;
  std::optional<colour> paint = colour::green;
  std::vector<shape> inside;
};
BOOST_DESCRIBE_STRUCT(shape, (named), (size, paint, inside))
struct circle {
  int radius = 0;
  std::optional<std::string> name;
};
BOOST_DESCRIBE_STRUCT(circle, (), (radius, name))
struct ring {
  int radius = 0, width = 0;
};
BOOST_DESCRIBE_STRUCT(ring, (), (radius, width))

// A type with a conversion of its own, and something binary in it.
struct coin {
  std::string side;
  bytes stamp;
};
void tag_invoke(boost::json::value_from_tag, json& out, const coin& from) {
  out = {{"side", from.side}, {"stamp", boost::json::value_from(from.stamp)}};
}
coin tag_invoke(boost::json::value_to_tag<coin>, const json& from) {
  return {std::string{from.at("side").as_string()}, boost::json::value_to<bytes>(from.at("stamp"))};
}

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
  detail::reading at;
  return detail::read_argument<T>(values, 0, at);
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

TEST(arguments, are_written_as_their_types_say) {
  EXPECT_EQ(written(colour::red, static_cast<colour>(7)), R"("red",7)");
  EXPECT_EQ(written(std::tuple{1, "a", true}, std::pair{2, 0.5}), R"([1,"a",true],[2,0.5])");
  EXPECT_EQ(written(std::variant<int, std::string>{"b"}, std::monostate{}), R"("b",null)");
  EXPECT_EQ(written(std::vector<bool>{true, false}, std::set<int>{}, std::array{1, 2}), "[true,false],[],[1,2]");
  EXPECT_EQ(written(std::filesystem::path{"/tmp"}, std::vector<std::string_view>{"a"}), R"("/tmp",["a"])");
  EXPECT_EQ(written(boost::json::object{{"a", 1}}, boost::json::array{1}), R"({"a":1},[1])");
  EXPECT_EQ(written(shape{{"box"}, 3, std::nullopt, {}}), R"({"name":"box","size":3,"paint":null,"inside":[]})");
  EXPECT_EQ(written(std::vector<std::vector<std::uint16_t>>{{1}, {}}), "[[1],[]]");
}

TEST(arguments, put_lists_of_bytes_into_attachments_wherever_they_are) {
  arguments list;
  list.add(std::vector<unsigned char>{'o', 'n', 'e'});
  list.add(std::map<std::string, std::vector<std::byte>>{{"a", {std::byte{'2'}}}});
  const std::array<char, 2> three{'3', '3'};
  list.add(std::span{three});
  list.add(std::span<const unsigned char>{});
  EXPECT_EQ(list.attachments(), (std::vector<std::string>{"one", "2", "33", ""}));
  EXPECT_EQ(list.text(), R"({"_placeholder":true,"num":0},{"a":{"_placeholder":true,"num":1}},)"
                         R"({"_placeholder":true,"num":2},{"_placeholder":true,"num":3})");
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

TEST(convert, takes_the_members_it_knows_and_does_without_those_that_are_optional) {
  const auto one = read<shape>(R"({"x":1,"name":"box","inside":[{"inside":[],"name":"in","paint":"red"}],"y":[]})");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->name, "box");
  EXPECT_EQ(one->size, std::nullopt);
  EXPECT_EQ(one->paint, colour::green);  // as it is made
  ASSERT_EQ(one->inside.size(), 1U);
  EXPECT_EQ(one->inside[0].paint, colour::red);
  EXPECT_EQ(read<shape>(R"({"name":"box","paint":null,"inside":[]})")->paint, std::nullopt);
  EXPECT_FALSE(read<shape>(R"({"name":"box"})"));
  EXPECT_FALSE(read<shape>(R"({"inside":[]})"));
  EXPECT_FALSE(read<shape>(R"({"name":"box","inside":[],"paint":"blue"})"));
  EXPECT_FALSE(read<shape>(R"({"name":"box","inside":[],"size":"3"})"));
  EXPECT_FALSE(read<shape>("[]"));
}

TEST(convert, reads_lists_maps_and_tuples_as_boost_json_does) {
  EXPECT_EQ((read<std::array<int, 2>>("[1,2]")), (std::array{1, 2}));
  EXPECT_EQ((read<std::array<int, 2>>("[1]")), std::nullopt);
  EXPECT_EQ((read<std::set<int>>("[2,1,2]")), (std::set{1, 2}));
  EXPECT_EQ((read<std::vector<bool>>("[true]")), std::vector{true});
  EXPECT_EQ((read<std::pair<int, std::string>>(R"([1,"a"])")), (std::pair{1, std::string{"a"}}));
  EXPECT_EQ((read<std::tuple<int>>("[1,2]")), std::nullopt);
  EXPECT_EQ((read<std::map<std::string, colour>>(R"({"a":"red"})")),
            (std::map<std::string, colour>{{"a", colour::red}}));
  EXPECT_EQ((read<std::map<std::string, int>>("[]")), std::nullopt);
  EXPECT_EQ(read<std::filesystem::path>(R"("/tmp")"), std::filesystem::path{"/tmp"});
  EXPECT_EQ(read<boost::json::object>("{}"), boost::json::object{});
  EXPECT_EQ(read<boost::json::array>("{}"), std::nullopt);
  EXPECT_EQ(read<std::monostate>("null"), std::monostate{});
}

TEST(convert, reads_the_variant_that_leaves_the_least_over) {
  using either = std::variant<circle, ring>;
  EXPECT_EQ(read<either>(R"({"radius":1})")->index(), 0U);
  EXPECT_EQ(read<either>(R"({"radius":1,"width":2})")->index(), 1U);
  EXPECT_EQ(read<either>(R"({"radius":1,"width":2,"name":"x"})")->index(), 0U);
  EXPECT_EQ(read<either>(R"({"width":2})"), std::nullopt);
  EXPECT_EQ((read<std::variant<int, std::string, double>>("1.5")->index()), 2U);
}

TEST(convert, leaves_types_to_their_own_conversion) {
  arguments list;
  list.add(std::vector{coin{"head", {"one"}}});
  EXPECT_EQ(list.text(), R"([{"side":"head","stamp":{"_placeholder":true,"num":0}}])");
  const auto back = read<std::vector<coin>>(list.text(), list.attachments());
  ASSERT_TRUE(back);
  EXPECT_EQ(back->at(0).stamp, bytes{"one"});
  EXPECT_FALSE(read<coin>("{}"));
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

TEST(convert, reads_lists_of_bytes_from_attachments_only) {
  const std::string_view placeholder = R"({"_placeholder":true,"num":0})";
  EXPECT_EQ(read<std::vector<unsigned char>>(placeholder, {"ab"}), (std::vector<unsigned char>{'a', 'b'}));
  EXPECT_EQ(read<std::vector<std::byte>>(placeholder, {""}), std::vector<std::byte>{});
  EXPECT_EQ((read<std::array<char, 2>>(placeholder, {"ab"})), (std::array{'a', 'b'}));
  EXPECT_EQ((read<std::array<char, 3>>(placeholder, {"ab"})), std::nullopt);
  EXPECT_EQ(read<std::vector<unsigned char>>("[1,2]", {"ab"}), std::nullopt);
}

TEST(convert, takes_no_placeholder_for_an_object) {
  const std::string_view placeholder = R"({"_placeholder":true,"num":0})";
  EXPECT_EQ((read<std::map<std::string, json>>(placeholder, {"a"})), std::nullopt);
  EXPECT_EQ((read<std::variant<std::map<std::string, json>, bytes>>(placeholder, {"a"})->index()), 1U);
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

TEST(read_ack, takes_as_many_arguments_as_a_tuple_has) {
  const arguments two{R"(1,"b",{"_placeholder":true,"num":0})", {"data"}};
  EXPECT_EQ(detail::read_ack<int>(two), 1);
  EXPECT_EQ((detail::read_ack<std::tuple<int, std::string>>(two)), (std::tuple{1, std::string{"b"}}));
  EXPECT_EQ((detail::read_ack<std::tuple<int, std::string, bytes, std::optional<int>>>(two)),
            (std::tuple{1, std::string{"b"}, bytes{"data"}, std::optional<int>{}}));
  EXPECT_EQ((detail::read_ack<std::tuple<int, rest<json>>>(two).value()),
            (std::tuple{1, rest<json>{"b", json{{"_placeholder", true}, {"num", 0}}}}));
  EXPECT_EQ((detail::read_ack<std::tuple<std::string, int>>(two)), std::nullopt);
  EXPECT_EQ((detail::read_ack<std::tuple<int, int>>(arguments{"1", {}})), std::nullopt);
  EXPECT_EQ((detail::read_ack<std::tuple<>>(arguments{})), std::tuple{});
  EXPECT_EQ(detail::read_ack<int>(arguments{}), std::nullopt);
  EXPECT_EQ(detail::read_ack<arguments>(two)->text(), two.text());
}

TEST(handshake, becomes_the_json_that_socket_io_has) {
  handshake sent;
  sent.address = "192.0.2.1";
  sent.url = "/socket.io/?EIO=4&a=1&a=2";
  sent.headers = {{"Host", "a"}, {"host", "b"}, {"Cookie", "x=1"}, {"cookie", "y=2"}, {"X-A", "1"}, {"x-a", "2"}};
  sent.query = {{"EIO", "4"}, {"a", "1"}, {"a", "2"}, {"a", "3"}};
  sent.auth = {{"token", "t"}};
  sent.issued = std::chrono::system_clock::time_point{std::chrono::milliseconds{1795831646123}};
  sent.secure = true;
  const std::string_view expected =
      R"({"headers":{"host":"a","cookie":"x=1; y=2","x-a":"1, 2"},)"
      R"-("time":"Sat Nov 28 2026 02:07:26 GMT+0000 (Coordinated Universal Time)","address":"192.0.2.1",)-"
      R"("xdomain":false,"secure":true,"issued":1795831646123,"url":"/socket.io/?EIO=4&a=1&a=2",)"
      R"("query":{"EIO":"4","a":["1","2","3"]},"auth":{"token":"t"}})";
  EXPECT_EQ(hub::write_json(sent.to_json()), expected);
  EXPECT_EQ(written(sent), expected);
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
