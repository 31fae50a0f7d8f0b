// SPDX-License-Identifier: MIT
// Ways out of a WebSocket: closed by either side, broken frames of each kind, resets, clients that do not read.
#include "exits/exit_support.hpp"

namespace encke::test {
namespace {

class websocket_exit : public exit_test {
 protected:
  engine_client joined() {
    auto one = client();
    EXPECT_EQ(one.join().substr(0, 2), "40");
    return one;
  }
};

TEST_P(websocket_exit, closed_by_the_client) {
  serve();
  auto one = joined();
  one.wire().send_close(1000);
  EXPECT_EQ(one.wire().read_text(), "closed 1000");
  EXPECT_TRUE(one.wire().is_closed_by_server());
  EXPECT_TRUE(server().reaches(reason::transport_close, 1));
}
TEST_P(websocket_exit, closed_by_the_client_without_a_code) {
  serve();
  auto one = joined();
  one.wire().send_close();
  EXPECT_EQ(one.wire().read_text(), "closed 1005");
  EXPECT_TRUE(server().reaches(reason::transport_close, 1));
}
TEST_P(websocket_exit, closed_by_the_client_who_does_not_wait) {
  serve();
  auto one = joined();
  one.wire().send_close(1001);
  one.wire().close();
  EXPECT_TRUE(server().reaches(reason::transport_close, 1));
}
TEST_P(websocket_exit, closed_by_a_close_packet) {
  serve();
  auto one = joined();
  one.send("1");
  EXPECT_EQ(one.wire().read_text(), "closed 1005");
  EXPECT_TRUE(server().reaches(reason::transport_close, 1));
}
TEST_P(websocket_exit, connection_closed_without_a_close_frame) {
  serve();
  auto one = joined();
  one.wire().close();
  EXPECT_TRUE(server().reaches(reason::transport_close, 1));
}
TEST_P(websocket_exit, connection_half_closed) {
  serve();
  auto one = joined();
  one.wire().half_close();
  EXPECT_TRUE(one.wire().is_closed_by_server());
  EXPECT_TRUE(server().reaches(reason::transport_close, 1));
}
TEST_P(websocket_exit, connection_reset) {
  serve();
  auto one = joined();
  one.wire().reset();
  EXPECT_TRUE(server().reaches(reason::transport_error, 1));
}
TEST_P(websocket_exit, closed_by_the_server) {
  server().root().on("leave", [](const socket& s) {
    s.emit("bye");
    s.disconnect(true);
  });
  serve();
  auto one = joined();
  one.send(R"(42["leave"])");
  EXPECT_EQ(one.receive_message(), R"(42["bye"])");
  EXPECT_EQ(one.receive_message(), "41");
  EXPECT_EQ(one.wire().read_text(), "closed 1005");
  one.wire().send_close();
  EXPECT_TRUE(one.wire().is_closed_by_server());
  EXPECT_TRUE(server().reaches(reason::server_namespace_disconnect, 1));
}
TEST_P(websocket_exit, closed_by_the_server_and_the_client_never_answers) {
  server().root().on("leave", [](const socket& s) { s.disconnect(true); });
  serve();
  auto one = joined();
  one.send(R"(42["leave"])");
  EXPECT_TRUE(one.wire().is_closed_by_server());
  EXPECT_TRUE(server().reaches(counter::connections_closed, 1));  // after the time a client has to close
}
TEST_P(websocket_exit, gone_in_the_middle_of_a_message) {
  serve();
  auto one = joined();
  std::string bytes;
  websocket::append_masked_frame(bytes, websocket::opcode::text, R"(42["a long message that is not all there"])", 7);
  one.wire().send(bytes.substr(0, 20));
  one.wire().close();
  EXPECT_TRUE(server().reaches(reason::transport_close, 1));
}
TEST_P(websocket_exit, gone_between_the_fragments_of_a_message) {
  serve();
  auto one = joined();
  one.wire().send_frame(websocket::opcode::text, R"(42["a")", false);
  one.wire().send_frame(websocket::opcode::continuation, R"(,"b")", false);
  one.wire().reset();
  EXPECT_TRUE(server().reaches(reason::transport_error, 1));
}
TEST_P(websocket_exit, half_received_attachments_then_gone) {
  serve();
  auto one = joined();
  one.send_all({R"(452-["upload",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])", "bfirst"});
  one.wire().close();
  EXPECT_TRUE(server().reaches(reason::transport_close, 1));
}
TEST_P(websocket_exit, gone_with_messages_on_their_way_to_it) {
  server().root().on("flood", [](const socket& s) {
    for (int i = 0; i < 100; ++i) s.emit("drop", std::string(1000, 'x'), bytes{std::string(1000, 'y')});
  });
  serve();
  auto one = joined();
  one.send(R"(42["flood"])");
  one.wire().reset();
  EXPECT_TRUE(server().reaches(counter::sessions_closed, 1));
}
TEST_P(websocket_exit, packet_that_is_none) {
  serve();
  auto one = joined();
  one.wire().send_text("9");
  EXPECT_EQ(one.wire().read_text(), "closed 1005");
  EXPECT_TRUE(server().reaches(reason::parse_error, 1));
}
TEST_P(websocket_exit, message_that_is_no_packet_of_socket_io) {
  serve();
  auto one = joined();
  one.wire().send_text("4abc");
  if (GetParam().eio == 4) {
    EXPECT_EQ(one.wire().read_text(), "closed 1005");
    EXPECT_TRUE(server().reaches(reason::forced_close, 1));
  } else {
    one.wire().send_text("42{}");
    EXPECT_EQ(one.wire().read_text(), "closed 1005");
  }
}

INSTANTIATE_TEST_SUITE_P(each, websocket_exit, testing::ValuesIn(every_websocket), name_of);

// --- broken frames --------------------------------------------------------------------------------------------------

struct broken {
  std::string_view name;
  std::string bytes;
  unsigned code;
};

const std::vector<broken>& every_broken() {
  static const std::vector<broken> all = [] {
    const auto masked = [](websocket::opcode kind, std::string_view payload, bool fin = true) {
      std::string bytes;
      websocket::append_masked_frame(bytes, kind, payload, 0x0a0b0c0d, fin);
      return bytes;
    };
    using enum websocket::opcode;
    auto reserved_bits = masked(text, "4");
    reserved_bits[0] = static_cast<char>(reserved_bits[0] | 0x40);
    auto reserved_opcode = masked(text, "4");
    reserved_opcode[0] = static_cast<char>(0x83);
    return std::vector<broken>{
        {"unmasked_frame", std::string{"\x81\x01"} + "4", 1002},
        {"reserved_bits", reserved_bits, 1002},
        {"reserved_opcode", reserved_opcode, 1002},
        {"fragmented_ping", std::string{"\x09\x81\0\0\0\0x", 7}, 1002},
        {"long_ping", std::string{"\x89\xfe\0\x7e\0\0\0\0", 8} + std::string(126, 'x'), 1002},
        {"continuation_of_nothing", masked(continuation, "x"), 1002},
        {"message_inside_a_message", masked(text, "4", false) + masked(text, "4"), 1002},
        {"length_with_its_top_bit", std::string{"\x82\xff\xff\0\0\0\0\0\0\0", 10} + "mask", 1002},
        {"length_longer_than_needed", std::string{"\x82\xfe\0\x01", 4} + "maskx", 1002},
        {"close_of_one_byte", masked(close, "x"), 1002},
        {"close_code_that_may_not_be_sent", masked(close, "\x03\xed"), 1002},
        {"invalid_utf8", masked(text, "4\xff"), 1007},
        {"invalid_utf8_in_a_close_reason", masked(close, "\x03\xe8\xff"), 1007},
        {"message_too_big", std::string{"\x82\xff\0\0\0\0\x7f\0\0\0", 10} + "mask", 1009},
        {"fragments_too_big_together",
         masked(binary, std::string(700'000, 'x'), false) + masked(continuation, std::string(700'000, 'x')), 1009},
    };
  }();
  return all;
}

class broken_frame : public testing::TestWithParam<std::size_t> {};

TEST_P(broken_frame, closes_with_its_code) {
  const auto& given = every_broken()[GetParam()];
  exit_fixture at;
  at.serve();
  auto one = at.client(websocket_way);
  one.join();
  one.wire().send(given.bytes);
  EXPECT_EQ(one.wire().read_text(), "closed " + std::to_string(given.code));
  one.wire().send_close();
  EXPECT_TRUE(one.wire().is_closed_by_server());
  EXPECT_TRUE(at.server.reaches(reason::transport_error, 1));
  EXPECT_EQ(at.server.count(counter::websocket_errors), 1U);
}

INSTANTIATE_TEST_SUITE_P(each, broken_frame, testing::Range<std::size_t>(0, every_broken().size()),
                         [](const auto& of) { return std::string{every_broken()[of.param].name}; });

// --- slow readers ---------------------------------------------------------------------------------------------------

class slow_reader : public testing::TestWithParam<way> {
 protected:
  static options tight(overflow policy) {
    auto o = exit_options();
    o.outbox_bytes = 100'000;
    o.overflow = policy;
    return o;
  }
  // Emits more than the kernel and the outbox take.
  static void flood(const socket& s) {
    for (int i = 0; i < 2000; ++i) s.emit("drop", std::string(10'000, 'x'));
  }
};

TEST_P(slow_reader, is_cut_off) {
  exit_fixture at{tight(overflow::close)};
  at.server.root().on("flood", flood);
  at.serve(GetParam().tls);
  auto one = at.client(GetParam());
  one.join();
  one.send(R"(42["flood"])");
  EXPECT_TRUE(at.server.reaches(reason::slow_reader, 1));
  EXPECT_TRUE(GetParam().by == carrier::polling || one.wire().is_closed_by_server());
}
TEST_P(slow_reader, only_loses_messages_if_the_policy_says_so) {
  exit_fixture at{tight(overflow::drop_newest)};
  at.server.root().on("flood", [](const socket& s) {
    flood(s);
    s.disconnect(true);
  });
  at.serve(GetParam().tls);
  auto one = at.client(GetParam());
  one.join();
  one.send(R"(42["flood"])");
  EXPECT_TRUE(at.server.reaches(reason::server_namespace_disconnect, 1));
  EXPECT_GT(at.server.count(counter::dropped_newest), 1000U);
  int received = 0;
  while (one.receive_message().starts_with("42")) ++received;
  EXPECT_GE(received, 9);
  while (one.receive() != "ended") {
  }
}

INSTANTIATE_TEST_SUITE_P(each, slow_reader,
                         testing::Values(way{.by = carrier::polling}, way{.by = carrier::websocket},
                                         way{.by = carrier::websocket, .eio = 3},
                                         way{.by = carrier::websocket, .eio = 4, .tls = true}),
                         name_of);

TEST(slow_reader_in_the_kernel, is_cut_off_though_each_turn_sends_little) {
  auto o = exit_options();
  o.outbox_bytes = 100'000;
  exit_fixture at{o};
  at.server.root().on("more", [](const socket& s) { s.emit("drop", std::string(50'000, 'x')); });
  at.serve();
  auto one = at.client(websocket_way);
  one.join();
  // Nobody reads: at some point a message finds the queue full.
  const bool cut_off = eventually([&] {
    one.send(R"(42["more"])");
    return at.server.count(reason::slow_reader) == 1;
  });
  EXPECT_TRUE(cut_off);
}

}  // namespace
}  // namespace encke::test
