// SPDX-License-Identifier: MIT
// Ways out of a compressed WebSocket, and of a poll that is answered compressed: nothing of either is left.
#include "exits/exit_support.hpp"
#include "websocket/deflate.hpp"

namespace encke::test {
namespace {

class compression_exit : public exit_test {
 protected:
  compression_exit() : exit_test{with_compression()} {}
  static options with_compression() {
    auto o = exit_options();
    o.deflate.emplace();
    o.http_compression.emplace();
    o.max_payload = 10'000;
    return o;
  }
  engine_client joined() {
    engine_client one{server().port(), GetParam(), "",
                      "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"};
    EXPECT_EQ(one.join().substr(0, 2), "40");
    return one;
  }
  static bool send_packed(engine_client& by, std::string_view payload) {
    std::string bytes;
    websocket::append_masked_frame(bytes, websocket::opcode::text, payload, 0x12345678);
    bytes[0] = static_cast<char>(bytes[0] | static_cast<int>(websocket::compressed_bit));
    return by.wire().send(bytes);
  }
  static std::string packed(std::string_view text) { return std::string{websocket::deflate(text, {}).value()}; }
};

TEST_P(compression_exit, closed_after_compressed_messages) {
  server().root().on("size", [](const socket& s, const std::string& text) { s.emit("size", text.size()); });
  serve();
  auto one = joined();
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(send_packed(one, packed("42[\"size\",\"" + std::string(5000, 'x') + "\"]")));
    EXPECT_EQ(one.receive_message(), R"(42["size",5000])");
  }
  one.wire().send_close(1000);
  EXPECT_EQ(one.wire().read_text(), "closed 1000");
  EXPECT_TRUE(server().reaches(reason::transport_close, 1));
}
TEST_P(compression_exit, closed_for_a_bomb) {
  serve();
  auto one = joined();
  EXPECT_TRUE(send_packed(one, packed(std::string(1'000'000, '4'))));
  EXPECT_EQ(one.wire().read_text(), "closed 1009");
  EXPECT_TRUE(server().reaches(reason::transport_error, 1));
}
TEST_P(compression_exit, closed_for_what_is_not_compressed_data) {
  serve();
  auto one = joined();
  EXPECT_TRUE(send_packed(one, "\x06 this is no block"));
  EXPECT_EQ(one.wire().read_text(), "closed 1007");
  EXPECT_TRUE(server().reaches(reason::transport_error, 1));
}
TEST_P(compression_exit, closed_for_compressing_without_having_agreed) {
  serve();
  auto one = client();
  EXPECT_EQ(one.join().substr(0, 2), "40");
  EXPECT_TRUE(send_packed(one, packed("42[\"size\",\"" + std::string(50, 'x') + "\"]")));
  EXPECT_EQ(one.wire().read_text(), "closed 1002");
  EXPECT_TRUE(server().reaches(reason::transport_error, 1));
}
TEST_P(compression_exit, reset_inside_a_compressed_message) {
  serve();
  auto one = joined();
  std::string bytes;
  websocket::append_masked_frame(bytes, websocket::opcode::text, packed(std::string(5000, 'x')), 1);
  bytes[0] = static_cast<char>(bytes[0] | static_cast<int>(websocket::compressed_bit));
  EXPECT_TRUE(one.wire().send(bytes.substr(0, bytes.size() - 3)));
  one.wire().reset();
  EXPECT_TRUE(server().reaches(reason::transport_error, 1));
}
TEST_P(compression_exit, reset_while_compressed_messages_are_sent) {
  server().root().on("flood", [](const socket& s) {
    for (int i = 0; i < 100; ++i) s.emit("flood", std::string(5000, 'x'));
  });
  serve();
  auto one = joined();
  one.send(R"(42["flood"])");
  EXPECT_TRUE(server().reaches(counter::frames_sent, 100));
  one.wire().reset();
  EXPECT_TRUE(server().reaches(reason::transport_error, 1));
}

INSTANTIATE_TEST_SUITE_P(every, compression_exit, testing::ValuesIn(every_websocket), name_of);

TEST(compressed_polling, is_only_for_those_who_ask_and_for_long_answers) {
  auto o = exit_options();
  o.http_compression.emplace();
  exit_fixture at{o};
  at.server.root().on("long", [](const socket& s) { s.emit("long", std::string(5000, 'x')); });
  at.serve();
  auto one = at.client();
  EXPECT_EQ(one.join().substr(0, 2), "40");
  for (const auto* accepted : {"", "Accept-Encoding: identity\r\n", "Accept-Encoding: gzip, deflate, br\r\n",
                               "Accept-Encoding: deflate\r\n"}) {
    one.send(R"(42["long"])");
    const auto answer = one.wire().request("GET", one.target(), {}, accepted);
    EXPECT_EQ(answer.status, 200U);
    const auto coding = answer.header("content-encoding");
    EXPECT_EQ(coding, std::string_view{accepted}.find("gzip") != std::string::npos      ? "gzip"
                      : std::string_view{accepted}.find("deflate") != std::string::npos ? "deflate"
                                                                                        : "")
        << accepted;
    EXPECT_EQ(answer.body.size() < 200, !coding.empty());
  }
}

}  // namespace
}  // namespace encke::test
