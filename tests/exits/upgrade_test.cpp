// SPDX-License-Identifier: MIT
// Ways out around an upgrade: begun and never finished, raced with a close on either side, asked for twice.
#include "exits/exit_support.hpp"

namespace encke::test {
namespace {

class upgrade_exit : public exit_test {
 protected:
  upgrade_exit() : exit_test{quick()} {}
  static options quick() {
    auto o = exit_options();
    o.upgrade_timeout = 300ms;
    return o;
  }
  engine_client joined() {
    auto one = client();
    EXPECT_EQ(one.join().substr(0, 2), "40");
    return one;
  }
  // The session is there and polls.
  void expect_alive(engine_client& one) {
    one.send(R"(42["echo","still here"])");
    EXPECT_EQ(one.receive_message(), R"(42["echo","still here"])");
  }
  void serve_echo() {
    server().root().on("echo", [](const socket& s, const arguments& all) { s.emit("echo", all); });
    server().root().on("leave", [](const socket& s) { s.disconnect(true); });
    serve();
  }
};

TEST_P(upgrade_exit, begun_and_never_finished) {
  serve_echo();
  auto one = joined();
  auto probe = one.probe();
  ASSERT_TRUE(probe);
  EXPECT_EQ(probe->read_text(), "closed 1005");  // the upgrade timed out
  expect_alive(one);
}
TEST_P(upgrade_exit, begun_without_a_probe_packet) {
  serve_echo();
  auto one = joined();
  auto newcomer = one.connect();
  EXPECT_EQ(newcomer->upgrade(one.target("websocket")).status, 101U);
  EXPECT_EQ(newcomer->read_text(), "closed 1005");
  expect_alive(one);
}
TEST_P(upgrade_exit, probe_closed_by_the_client) {
  serve_echo();
  auto one = joined();
  auto probe = one.probe();
  ASSERT_TRUE(probe);
  probe->send_close();
  EXPECT_EQ(probe->read_text(), "closed 1005");
  expect_alive(one);
}
TEST_P(upgrade_exit, probe_reset_then_another_one_succeeds) {
  serve_echo();
  auto one = joined();
  one.probe()->reset();
  EXPECT_TRUE(eventually([&] { return one.probe() != nullptr; }));
  one.upgrade();
  expect_alive(one);
  EXPECT_EQ(server().count(counter::upgrades), 1U);
}
TEST_P(upgrade_exit, probe_with_a_broken_frame) {
  serve_echo();
  auto one = joined();
  auto probe = one.probe();
  probe->send("\x81\x01z");
  EXPECT_EQ(probe->read_text(), "closed 1002");
  expect_alive(one);
}
TEST_P(upgrade_exit, probe_with_another_packet) {
  serve_echo();
  for (const std::string_view packet : {"2", "4hello", "x", "6", "2prob"}) {
    auto one = joined();
    auto newcomer = one.connect();
    newcomer->upgrade(one.target("websocket"));
    newcomer->send_text(packet);
    EXPECT_EQ(newcomer->read_text(), "closed 1005") << packet;
    expect_alive(one);
  }
}
TEST_P(upgrade_exit, second_probe_beside_the_first) {
  serve_echo();
  auto one = joined();
  auto first = one.probe();
  auto second = one.connect();
  EXPECT_EQ(second->upgrade(one.target("websocket")).status, 101U);
  EXPECT_EQ(second->read_text(), "closed 1005");
  first->send_text("5");
  first->send_text(R"(42["echo",1])");
  EXPECT_EQ(first->read_text(), R"(42["echo",1])");
}
TEST_P(upgrade_exit, second_websocket_after_the_upgrade) {
  serve_echo();
  auto one = joined();
  one.upgrade();
  auto second = one.connect();
  EXPECT_EQ(second->upgrade(one.target("websocket")).status, 101U);
  EXPECT_EQ(second->read_text(), "closed 1005");
  expect_alive(one);
}
TEST_P(upgrade_exit, poll_after_the_upgrade) {
  serve_echo();
  auto one = joined();
  one.upgrade();
  EXPECT_EQ(one.connect()->request("GET", one.target()).status, 400U);
  EXPECT_EQ(one.connect()->request("POST", one.target(), "3").status, 400U);
  expect_alive(one);
}
TEST_P(upgrade_exit, finished_while_a_get_is_pending) {
  serve_echo();
  auto one = joined();
  one.send_get();
  one.upgrade(true);  // the GET is answered with a noop
  expect_alive(one);
  one.wire().reset();
  EXPECT_TRUE(server().reaches(reason::transport_error, 1));
}
TEST_P(upgrade_exit, finished_at_once_with_the_get_still_pending) {
  serve_echo();
  auto one = joined();
  one.send_get();
  auto probe = one.connect();
  probe->upgrade(one.target("websocket"));
  std::string bytes;
  for (const std::string_view text : {"2probe", "5", R"(42["echo",1])"})
    websocket::append_masked_frame(bytes, websocket::opcode::text, text, 99);
  probe->send(bytes);
  EXPECT_EQ(probe->read_text(), "3probe");
  EXPECT_EQ(probe->read_text(), R"(42["echo",1])");
  EXPECT_EQ(one.read_get().status, 200U);
}
TEST_P(upgrade_exit, frames_in_one_write_with_the_request) {
  serve_echo();
  auto one = joined();
  auto probe = one.connect();
  std::string bytes = "GET " + one.target("websocket") + " HTTP/1.1\r\nHost: localhost\r\n" +
                      std::string{scripted_peer::upgrade_headers} + "\r\n";
  for (const std::string_view text : {"2probe", "5", R"(42["echo",1])"})
    websocket::append_masked_frame(bytes, websocket::opcode::text, text, 99);
  probe->send(bytes);
  EXPECT_EQ(probe->read_answer().status, 101U);
  EXPECT_EQ(probe->read_text(), "3probe");
  EXPECT_EQ(probe->read_text(), R"(42["echo",1])");
}
TEST_P(upgrade_exit, raced_with_a_close_by_the_server_that_comes_first) {
  serve_echo();
  auto one = joined();
  auto probe = one.probe();
  one.send(R"(42["leave"])");  // no GET pending: the session waits for one
  probe->send_text("5");
  EXPECT_EQ(probe->read_text(), "closed 1005");
  EXPECT_TRUE(server().reaches(counter::sessions_closed, 1));
}
TEST_P(upgrade_exit, raced_with_a_close_by_the_server_that_comes_second) {
  serve_echo();
  auto one = joined();
  one.upgrade();
  one.send(R"(42["leave"])");
  EXPECT_EQ(one.wire().read_text(), "41");
  EXPECT_EQ(one.wire().read_text(), "closed 1005");
}
TEST_P(upgrade_exit, raced_with_a_close_by_the_client) {
  serve_echo();
  auto one = joined();
  auto probe = one.probe();
  one.send("1");
  EXPECT_EQ(probe->read_text(), "closed 1005");
  EXPECT_TRUE(server().reaches(reason::transport_close, 1));
}
TEST_P(upgrade_exit, raced_with_the_end_of_the_polling_connection) {
  serve_echo();
  auto one = joined();
  one.send_get();
  auto probe = one.probe();
  one.wire().reset();
  probe->send_text("5");
  // Either the reset was seen first, and the session is over, or the upgrade was.
  probe->send_text(R"(42["echo",1])");
  const auto said = probe->read_text();
  EXPECT_TRUE(said == "closed 1005" || said == "ended" || said == R"(42["echo",1])") << said;
}
TEST_P(upgrade_exit, messages_queued_meanwhile_come_once_and_in_order) {
  server().root().on("count", [](const socket& s, int from) {
    for (int i = 0; i < 10; ++i) s.emit("n", from + i);
  });
  serve();
  auto one = joined();
  auto probe = one.probe();
  one.send(R"(42["count",0])");
  probe->send_text("5");
  probe->send_text(R"(42["count",10])");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(probe->read_text(), "42[\"n\"," + std::to_string(i) + "]");
}
TEST_P(upgrade_exit, post_still_being_sent_when_the_upgrade_is_done) {
  serve_echo();
  auto one = joined();
  auto posting = one.connect();
  posting->send("POST " + one.target() + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n6");
  EXPECT_TRUE(server().reaches(counter::http_requests, 3));
  auto probe = one.probe();
  probe->send_text("5");
  probe->send_text(R"(42["echo",1])");
  EXPECT_EQ(probe->read_text(), R"(42["echo",1])");
  posting->send("666");
  EXPECT_EQ(posting->read_answer().status, 200U);  // what it brought is dropped
  probe->reset();
  EXPECT_TRUE(server().reaches(reason::transport_error, 1));
}

INSTANTIATE_TEST_SUITE_P(each, upgrade_exit, testing::ValuesIn(every_polling), name_of);

struct refused_upgrade {
  std::string_view name, headers;
};
class bad_upgrade : public testing::TestWithParam<refused_upgrade> {};

TEST_P(bad_upgrade, is_refused_before_any_session) {
  exit_fixture at;
  at.serve();
  scripted_peer peer{at.port()};
  const auto answer = peer.request("GET", "/socket.io/?EIO=4&transport=websocket", {}, GetParam().headers);
  EXPECT_EQ(answer.status, 400U);
  EXPECT_TRUE(GetParam().name == "no_upgrade" || peer.is_closed_by_server());
  EXPECT_EQ(at.server.count(counter::sessions_opened), 0U);
}

INSTANTIATE_TEST_SUITE_P(
    each, bad_upgrade,
    testing::Values(refused_upgrade{"no_upgrade", ""},
                    refused_upgrade{"no_key",
                                    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"},
                    refused_upgrade{"bad_key",
                                    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                                    "Sec-WebSocket-Key: short\r\n"},
                    refused_upgrade{"bad_version",
                                    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\n"
                                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"}),
    [](const auto& of) { return std::string{of.param.name}; });

TEST(upgrade_of_an_unknown_session, is_refused_with_400) {
  exit_fixture at;
  at.serve();
  for (const std::string_view sid : {"AAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAA_9", "nonsense", ""}) {
    scripted_peer peer{at.port()};
    const auto answer = peer.upgrade("/socket.io/?EIO=4&transport=polling&sid=" + std::string{sid});
    EXPECT_EQ(answer.status, 400U) << sid;
    EXPECT_TRUE(peer.is_closed_by_server());
  }
}

}  // namespace
}  // namespace encke::test
