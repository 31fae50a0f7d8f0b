// SPDX-License-Identifier: MIT
// What encke-bench puts on the wire and reads from it: frames, answers, payloads, stamped messages, tokens.
#include <gtest/gtest.h>

#include "bench/load/answer.hpp"
#include "bench/load/client.hpp"
#include "bench/load/frame.hpp"
#include "bench/load/outgoing.hpp"
#include "bench/load/payload.hpp"
#include "bench/load/publisher.hpp"
#include "bench/load/token.hpp"

namespace encke::load {

namespace {

constexpr mask_key key{'\x11', '\x22', '\x33', '\x44'};

std::string unmasked(std::string_view frame_bytes) {
  const std::size_t short_length = static_cast<unsigned char>(frame_bytes[1]) & 0x7f;
  const std::size_t at = short_length < 126 ? 2 : short_length == 126 ? 4 : 10;
  std::string text;
  for (std::size_t i = at + 4; i < frame_bytes.size(); ++i)
    text += static_cast<char>(frame_bytes[i] ^ frame_bytes[at + (i - at - 4) % 4]);
  return text;
}

std::string server_frame(std::string_view text) {
  std::string bytes = "\x81";
  bytes += static_cast<char>(text.size());
  return bytes + std::string{text};
}

TEST(frame, is_read_only_when_it_is_whole) {
  const auto bytes = server_frame("40") + server_frame("2");
  for (std::size_t cut = 0; cut < 4; ++cut)
    EXPECT_EQ(read_frame(std::string_view{bytes}.substr(0, cut)).state, reading::incomplete) << cut;
  const auto f = read_frame(bytes);
  EXPECT_EQ(f.state, reading::whole);
  EXPECT_EQ(f.payload, "40");
  EXPECT_EQ(f.size, 4U);
}

TEST(frame, has_a_length_of_two_or_eight_bytes) {
  const std::string text(300, 'x');
  const auto medium = std::string("\x81\x7e\x01\x2c", 4) + text;
  EXPECT_EQ(read_frame(medium).payload, text);
  const auto large = std::string("\x81\x7f\0\0\0\0\0\0\x01\x2c", 10) + text;
  EXPECT_EQ(read_frame(large).payload, text);
}

TEST(frame, that_is_masked_reserved_or_too_long_is_wrong) {
  EXPECT_EQ(read_frame("\x81\x81").state, reading::wrong);
  EXPECT_EQ(read_frame("\xc1\x01").state, reading::wrong);
  EXPECT_EQ(read_frame(std::string("\x81\x7e\x01\x2c", 4), 200).state, reading::wrong);
}

TEST(frame, of_a_client_is_masked_at_every_length) {
  for (const std::size_t size : {0U, 125U, 126U, 65535U, 65536U}) {
    const std::string text(size, 'y');
    const auto bytes = masked_frame(opcode::text, text, key);
    EXPECT_EQ(bytes.size(), size + header_size(size));
    EXPECT_EQ(unmasked(bytes), text);
  }
}

TEST(outgoing, changes_in_place_under_its_mask) {
  outgoing message{R"(42######["echo-ack","@000000000000000abc"])", key};
  message.fill(123456);
  const stamp sent{clock::now(), 77};
  message.set(sent);
  const auto text = unmasked(message.bytes());
  EXPECT_TRUE(text.starts_with("42123456[\"echo-ack\",\"@")) << text;
  EXPECT_TRUE(text.ends_with("abc\"]")) << text;
  const auto found = find_stamp(text);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->number, 77);
  EXPECT_EQ(found->due, sent.due);
}

TEST(outgoing, is_plain_without_a_key) {
  outgoing message{"4###"};
  message.fill(7);
  EXPECT_EQ(message.bytes(), "4007");
}

TEST(stamp, is_not_found_where_there_is_none) {
  EXPECT_FALSE(find_stamp("2[\"push\",1]"));
  EXPECT_FALSE(find_stamp("@00000000000000"));
  EXPECT_FALSE(find_stamp("@00000000000000g"));
  EXPECT_TRUE(find_stamp(stamped_text(stamp::size)));
  EXPECT_EQ(stamped_text(1000).size(), 1000U);
}

TEST(answer, has_a_body_of_the_length_it_says) {
  std::string scratch;
  const std::string text = "HTTP/1.1 401 Unauthorized\r\ncontent-LENGTH: 5\r\nConnection: Close\r\n\r\nhello";
  for (std::size_t cut = 0; cut < text.size(); ++cut)
    EXPECT_EQ(read_answer(std::string_view{text}.substr(0, cut), scratch).state, reading::incomplete) << cut;
  const auto more = text + "HTTP";
  const auto a = read_answer(more, scratch);
  EXPECT_EQ(a.state, reading::whole);
  EXPECT_EQ(a.status, 401U);
  EXPECT_EQ(a.body, "hello");
  EXPECT_EQ(a.size, text.size());
  EXPECT_TRUE(a.closes);
}

TEST(answer, may_come_in_chunks) {
  std::string scratch;
  const std::string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
  for (std::size_t cut = 0; cut < text.size(); ++cut)
    EXPECT_EQ(read_answer(std::string_view{text}.substr(0, cut), scratch).state, reading::incomplete) << cut;
  const auto a = read_answer(text, scratch);
  EXPECT_EQ(a.body, "abcde");
  EXPECT_EQ(a.size, text.size());
}

TEST(answer, without_an_end_or_of_another_protocol_is_wrong) {
  std::string scratch;
  EXPECT_EQ(read_answer("HTTP/1.1 200 OK\r\n\r\n", scratch).state, reading::wrong);
  EXPECT_EQ(read_answer("SSH-2.0-OpenSSH_9.2\r\n\r\n", scratch).state, reading::wrong);
}

TEST(payload, is_taken_apart_as_it_was_put_together) {
  for (const unsigned eio : {3U, 4U}) {
    std::string body;
    append_packet(body, "42[\"a\"]", eio);
    append_packet(body, "3", eio);
    std::string_view left = body;
    EXPECT_EQ(take_packet(left, eio), "42[\"a\"]");
    EXPECT_EQ(take_packet(left, eio), "3");
    EXPECT_TRUE(left.empty());
  }
}

TEST(payload, of_v3_counts_characters) {
  std::string_view left = "3:4\xc3\xa4x1:2";
  EXPECT_EQ(take_packet(left, 3), "4\xc3\xa4x");
  EXPECT_EQ(take_packet(left, 3), "2");
}

TEST(token, is_a_signed_json_web_token) {
  const mint tokens{"secret of at least thirty-two bytes", "uid"};
  const auto good = tokens.make("u1", 1'700'000'000);
  EXPECT_EQ(good.substr(0, good.find('.')), base64url(R"({"alg":"HS256","typ":"JWT"})"));
  const auto bad = tokens.make("u1", 1'700'000'000, flaw::signature);
  EXPECT_EQ(good.substr(0, good.rfind('.')), bad.substr(0, bad.rfind('.')));
  EXPECT_NE(good, bad);
  EXPECT_TRUE(tokens.make("u1", 0, flaw::missing).empty());
}

TEST(token, is_signed_like_the_example_of_rfc_7515) {
  EXPECT_EQ(base64url("\x14\xfb\x9c\x03\xd9\x7e"), "FPucA9l-");
  EXPECT_EQ(base64url("f"), "Zg");
  EXPECT_EQ(base64url("fo"), "Zm8");
}

TEST(body_template, fills_in_every_place) {
  std::string body;
  body_template{R"({"users":["{user}"],"event":"x","args":[{data}],"again":"{user}"})"}.append_to(body, "bob", "\"d\"");
  EXPECT_EQ(body, R"({"users":["bob"],"event":"x","args":["d"],"again":"bob"})");
}

TEST(open_packet, has_fields) {
  const std::string_view open = R"(0{"sid":"a-B_1","upgrades":[],"pingInterval":25000,"pingTimeout":20000})";
  EXPECT_EQ(field_of(open, "sid"), "a-B_1");
  EXPECT_EQ(field_of(open, "pingInterval"), "25000");
  EXPECT_EQ(field_of(open, "maxPayload"), "");
}

}  // namespace

}  // namespace encke::load
