// SPDX-License-Identifier: MIT
// The parser for MessagePack, by its vectors and by what a hostile client may send.
#include <gtest/gtest.h>
#include <encke/parser.hpp>
#include <messagepack/date.hpp>

#include "support/vectors.hpp"

namespace encke::test {
namespace {

using kind = packet::kind;

kind kind_of(std::string_view name) {
  for (const auto& [known, type] : {std::pair{"connect", kind::connect},
                                    {"disconnect", kind::disconnect},
                                    {"event", kind::event},
                                    {"ack", kind::ack},
                                    {"connect_error", kind::connect_error}})
    if (name == known) return type;
  throw std::runtime_error{"no type: " + std::string{name}};
}

packet packet_of(const wire_vector& v) {
  packet made{.type = kind_of(v.get("type")), .nsp = v.get("nsp"), .id = {}, .data = v.get("data"), .attachments = {}};
  if (v.has("id")) made.id = std::stoull(v.get("id"));
  for (const auto& one : v.all("attachment")) made.attachments.push_back(unhex(one));
  return made;
}

result<std::optional<packet>, std::string> decode(std::string_view bytes, packet_limits limits = {}) {
  const std::vector<char> exact{bytes.begin(), bytes.end()};  // so that reading past its end is seen
  return msgpack_parser()->make_decoder(limits)->add({exact.data(), exact.size()}, true);
}
std::string failure_of(std::string_view hex, packet_limits limits = {}) {
  auto read = decode(unhex(hex), limits);
  return read ? "" : read.error();
}
/// An event whose data is an array of one value.
std::string event_with(std::string_view value_hex) {
  return unhex("83 a4 74797065 02 a4 64617461 91") + unhex(value_hex) + unhex("a3 6e7370 a1 2f");
}
std::string text_of(std::string_view value_hex) {
  auto read = decode(event_with(value_hex));
  return read ? (*read)->data : "! " + read.error();
}
std::string encoded_value(std::string_view json) {
  const auto made = msgpack_parser()->encode({kind::event, "/", {}, std::string{json}, {}}).binary.at(0);
  const auto whole = event_with("");
  const auto head = whole.size() - 6;
  std::string hex;
  for (const unsigned char c : made.substr(head, made.size() - 6 - head)) {
    constexpr std::string_view digits = "0123456789abcdef";
    hex.append({digits[c >> 4], digits[c & 15]});
  }
  return hex;
}

TEST(messagepack, reads_and_writes_what_the_client_does) {
  for (const auto& v : load_vectors("messagepack")) {
    SCOPED_TRACE(v.where);
    const auto bytes = unhex(v.get("bytes"));
    const auto expected = packet_of(v);
    const auto read = decode(bytes);
    ASSERT_TRUE(read) << read.error();
    ASSERT_TRUE(*read);
    EXPECT_EQ((*read)->data, expected.data);
    EXPECT_EQ(**read, expected);
    if (v.has("read_only")) continue;
    const auto made = msgpack_parser()->encode(expected);
    EXPECT_EQ(made.text, "");
    EXPECT_EQ(made.binary, std::vector{bytes});
  }
}

TEST(messagepack, gives_nothing_for_a_message_that_is_cut) {
  for (const auto& v : load_vectors("messagepack")) {
    SCOPED_TRACE(v.where);
    const auto bytes = unhex(v.get("bytes"));
    for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(decode({bytes.data(), size})) << size;
    EXPECT_FALSE(decode(bytes + '\0'));
  }
}

TEST(messagepack, reads_every_kind_of_value) {
  EXPECT_EQ(text_of("c0"), "null");
  EXPECT_EQ(text_of("c2"), "false");
  EXPECT_EQ(text_of("ccff"), "255");
  EXPECT_EQ(text_of("cfffffffffffffffff"), "18446744073709551615");
  EXPECT_EQ(text_of("d38000000000000000"), "-9223372036854775808");
  EXPECT_EQ(text_of("ca3f800000"), "1");
  EXPECT_EQ(text_of("cb3fb999999999999a"), "0.1");
  EXPECT_EQ(text_of("cb7ff8000000000000"), "null");
  EXPECT_EQ(text_of("a0"), R"("")");
  EXPECT_EQ(text_of("a3 0a 22 5c"), R"("\n\"\\")");
  EXPECT_EQ(text_of("a2 c328"), "\"\xef\xbf\xbd(\"");
  EXPECT_EQ(text_of("80"), "{}");
  EXPECT_EQ(text_of("92 90 81 a161 90"), R"([[],{"a":[]}])");
}
TEST(messagepack, reads_undefined_as_json_does) {
  EXPECT_EQ(text_of("93 01 d40000 02"), "[1,null,2]");
  EXPECT_EQ(text_of("83 a161 d40000 a162 01 a163 d40000"), R"({"b":1})");
  EXPECT_EQ(text_of("82 a161 01 a162 d40000"), R"({"a":1})");
}
TEST(messagepack, reads_dates_as_json_does) {
  const auto date = [](std::int64_t ms) {
    std::string out;
    messagepack::append_date(out, ms);
    return out;
  };
  EXPECT_EQ(text_of("d700000000e8d4a51000"), R"("2001-09-09T01:46:40.000Z")");
  EXPECT_EQ(text_of("d700ffffffffffffffff"), R"("1969-12-31T23:59:59.999Z")");
  EXPECT_EQ(date(0), R"("1970-01-01T00:00:00.000Z")");
  EXPECT_EQ(date(951782400000), R"("2000-02-29T00:00:00.000Z")");
  EXPECT_EQ(date(-62167219200001), R"("-000001-12-31T23:59:59.999Z")");
  EXPECT_EQ(date(253402300800000), R"("+010000-01-01T00:00:00.000Z")");
  EXPECT_EQ(date(8640000000000000), R"("+275760-09-13T00:00:00.000Z")");
  EXPECT_EQ(date(-8640000000000000), R"("-271821-04-20T00:00:00.000Z")");
  EXPECT_EQ(date(8640000000000001), "null");
  EXPECT_EQ(date(INT64_MIN), "null");
}
TEST(messagepack, tells_array_buffers_from_dates_and_undefined) {
  for (const auto* hex : {"c70800 00000000e8d4a510", "c7010007", "c80001 00 07", "c40107", "d60001020304", "c70000"}) {
    const auto read = decode(event_with(hex));
    ASSERT_TRUE(read) << hex;
    EXPECT_EQ((*read)->data, R"({"_placeholder":true,"num":0})") << hex;
    EXPECT_EQ((*read)->attachments.size(), 1U);
  }
}

TEST(messagepack, writes_numbers_in_their_shortest_form) {
  EXPECT_EQ(encoded_value("127"), "7f");
  EXPECT_EQ(encoded_value("128"), "cc80");
  EXPECT_EQ(encoded_value("-32"), "e0");
  EXPECT_EQ(encoded_value("-33"), "d0df");
  EXPECT_EQ(encoded_value("-0"), "00");
  EXPECT_EQ(encoded_value("1e3"), "cd03e8");
  EXPECT_EQ(encoded_value("65536"), "ce00010000");
  EXPECT_EQ(encoded_value("9007199254740992"), "cf0020000000000000");
  EXPECT_EQ(encoded_value("-2147483649"), "d3ffffffff7fffffff");
  EXPECT_EQ(encoded_value("18446744073709551615"), "cfffffffffffffffff");
  EXPECT_EQ(encoded_value("18446744073709551616"), "cb43f0000000000000");
  EXPECT_EQ(encoded_value("0.1"), "cb3fb999999999999a");
  EXPECT_EQ(encoded_value("1e999"), "cb7ff0000000000000");
  EXPECT_EQ(encoded_value("-1e999"), "cbfff0000000000000");
  EXPECT_EQ(encoded_value("1e-999"), "00");
}
TEST(messagepack, writes_values_of_every_kind) {
  EXPECT_EQ(encoded_value(R"( { "a" : [ 1 , true , null , false ] , "b\n" : "\ud83d\ude00" } )"),
            "82a1619401c3c0c2a2620aa4f09f9880");
  EXPECT_EQ(encoded_value(R"("\ud800")"), "a3efbfbd");
  EXPECT_EQ(encoded_value("[[],{},\"\",[[1]]]"), "949080a0919101");
}
TEST(messagepack, writes_attachments_where_their_placeholders_are) {
  const auto made = msgpack_parser()->encode(
      {kind::event,
       "/",
       {},
       R"({"x":{"num":1,"_placeholder":true,"more":[{}]},"y":{"_placeholder":true,"num":0}},[2])",
       {"a", "bc"}});
  EXPECT_EQ(made.binary.at(0), unhex("83 a4 74797065 02 a4 64617461 92") +
                                   unhex("82 a178 c402 6263 a179 c401 61 91 02") + unhex("a3 6e7370 a1 2f"));
}
TEST(messagepack, writes_what_only_looks_like_a_placeholder_as_an_object) {
  EXPECT_EQ(encoded_value(R"({"_placeholder":true,"num":0})"), "82ac5f706c616365686f6c646572c3a36e756d00");
  const auto made = msgpack_parser()->encode({kind::event, "/", {}, R"({"_placeholder":true,"num":1})", {"a"}});
  EXPECT_EQ(made.binary.at(0), event_with("82 ac 5f706c616365686f6c646572 c3 a3 6e756d 01"));
}
TEST(messagepack, writes_each_attachment_once) {
  const std::string one = R"({"_placeholder":true,"num":0})";
  const auto made = msgpack_parser()->encode({kind::event, "/", {}, "[" + one + "," + one + "]", {"a"}});
  EXPECT_EQ(made.binary.at(0), event_with("92 c401 61 82 ac 5f706c616365686f6c646572 c3 a3 6e756d 00"));
}
TEST(messagepack, refuses_to_write_what_is_no_json) {
  for (const auto* data : {"1]", "{", "1 2", "]["})
    EXPECT_THROW((void)msgpack_parser()->encode({kind::event, "/", {}, data, {}}), std::invalid_argument) << data;
}

TEST(messagepack, refuses_packets_that_are_none) {
  EXPECT_NE(failure_of(""), "");
  EXPECT_NE(failure_of("c1"), "");
  EXPECT_EQ(failure_of("01"), "no map");
  EXPECT_EQ(failure_of("91 01"), "no map");
  EXPECT_EQ(failure_of("80"), "no type, or no namespace");
  EXPECT_EQ(failure_of("81 a4 74797065 05"), "a field of a wrong type");
  EXPECT_EQ(failure_of("81 a4 74797065 a130"), "a field of a wrong type");
  EXPECT_EQ(failure_of("81 a4 74797065 90"), "a field of a wrong type");
  EXPECT_EQ(failure_of("81 a3 6e7370 02"), "a field of a wrong type");
  EXPECT_EQ(failure_of("81 a2 6964 cb3ff8000000000000"), "a field of a wrong type");
  EXPECT_EQ(failure_of("81 a2 6964 ff"), "a field of a wrong type");
  EXPECT_EQ(failure_of("82 a2 6964 01 a2 6964 02"), "a field that comes twice");
  EXPECT_EQ(failure_of("81 01 02"), "a key that is no string");
  EXPECT_EQ(failure_of("81 90 02"), "a key that is no string");
  EXPECT_EQ(failure_of("82 a4 74797065 02 a3 6e7370 a1 2f"), "data that are no array");
  EXPECT_EQ(text_of("81 01 02"), "! a key that is no string");
  EXPECT_EQ(text_of("81 80 02"), "! a key that is no string");
  EXPECT_EQ(text_of("d50100 00"), "! an extension of unknown type");
  EXPECT_EQ(text_of("d6ff00000000"), "! an extension of unknown type");
  auto text = msgpack_parser()->make_decoder({})->add("2[]", false);
  EXPECT_FALSE(text);
}
TEST(messagepack, passes_over_fields_that_it_does_not_know) {
  const auto read =
      decode(unhex("84 a4 74797065 02 a7 6f7074696f6e73 82 a161 c40101 a162 93c0c3d40000 a4 64617461 91 01 "
                   "a3 6e7370 a1 2f"));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ((*read)->data, "1");
  EXPECT_TRUE((*read)->attachments.empty());
}
TEST(messagepack, keeps_to_the_limits) {
  const std::string deep(64, '\x91');
  auto event = unhex("83 a4 74797065 02 a4 64617461") + deep + unhex("c0 a3 6e7370 a1 2f");
  EXPECT_TRUE(decode(event));
  EXPECT_EQ(decode(event, {.depth = 63}).error(), "too deep");
  EXPECT_FALSE(decode(unhex("81 a1 78") + std::string(1'000'000, '\x91')));
  EXPECT_FALSE(decode(unhex("81 a1 78") + std::string(1'000'000, '\x81')));
  EXPECT_EQ(text_of("9b c400 c400 c400 c400 c400 c400 c400 c400 c400 c400 c400"), "! too many attachments");
  EXPECT_EQ(decode(event_with("92 c40101 c4020102"), {.attachment_bytes = 2}).error(), "attachments too large");
}
TEST(messagepack, believes_no_length) {
  for (const auto* hex :
       {"dd ffffffff", "df ffffffff", "db ffffffff", "c6 ffffffff", "c9 ffffffff 00", "dc ffff", "c8 ffff 00"}) {
    EXPECT_NE(failure_of(hex), "") << hex;
    EXPECT_NE(failure_of("81 a4 64617461 91" + std::string{hex}), "") << hex;
    EXPECT_NE(failure_of("81 a1 78" + std::string{hex}), "") << hex;
  }
}

}  // namespace
}  // namespace encke::test
