// SPDX-License-Identifier: MIT
// Ways out of a polling session: the client goes, speaks out of turn, or sends too much.
#include "exits/exit_support.hpp"

namespace encke::test {
namespace {

class polling_exit : public exit_test {
 protected:
  polling_exit() : exit_test{quick()} {}
  static options quick() {
    auto o = exit_options();
    o.ping_interval = 300ms;
    o.ping_timeout = 200ms;
    o.max_payload = 10'000;
    return o;
  }
  /// A client in "/" whose GET, if wanted, is pending.
  engine_client joined(bool with_get, std::string_view query = {}) {
    auto one = client(query);
    EXPECT_EQ(one.join().substr(0, 2), "40");
    if (with_get) {
      one.send_get();
      EXPECT_TRUE(server().reaches(counter::http_requests, requests_with_get()));
    }
    return one;
  }
  // Handshake, CONNECT (not for EIO 3), the GET with its answer, the pending GET.
  [[nodiscard]] std::uint64_t requests_with_get() const { return GetParam().eio == 4 ? 4 : 3; }
};

TEST_P(polling_exit, client_gone_with_a_pending_get) {
  serve();
  auto one = joined(true);
  one.wire().close();
  EXPECT_TRUE(server().reaches(reason::transport_error, 1));
}
TEST_P(polling_exit, client_reset_with_a_pending_get) {
  serve();
  auto one = joined(true);
  one.wire().reset();
  EXPECT_TRUE(server().reaches(reason::transport_error, 1));
}
TEST_P(polling_exit, client_gone_without_a_get) {
  serve();
  joined(false).vanish();
  EXPECT_TRUE(server().reaches(reason::ping_timeout, 1));
}
TEST_P(polling_exit, client_gone_before_it_joined) {
  serve();
  client().vanish();
  EXPECT_TRUE(server().reaches(counter::sessions_closed, 1));
}
TEST_P(polling_exit, closed_by_the_client) {
  serve();
  auto one = joined(true);
  one.send("1");
  EXPECT_EQ(one.read_get().status, 200U);
  EXPECT_EQ(one.receive(), "6");
  EXPECT_TRUE(server().reaches(reason::transport_close, 1));
  EXPECT_EQ(one.wire().request("GET", one.target()).status, 400U);
}
TEST_P(polling_exit, closed_by_the_server_with_a_pending_get) {
  server().root().on("leave", [](const socket& s) { s.disconnect(true); });
  serve();
  auto one = joined(true);
  one.send(R"(42["leave"])");
  EXPECT_EQ(one.receive_message(), "41");
  EXPECT_EQ(one.receive_message(), "1");
  EXPECT_TRUE(server().reaches(reason::server_namespace_disconnect, 1));
  EXPECT_EQ(one.receive(), "ended");
}
TEST_P(polling_exit, closed_by_the_server_without_a_get) {
  server().root().on("leave", [](const socket& s) { s.disconnect(true); });
  serve();
  auto one = joined(false);
  one.send(R"(42["leave"])");
  EXPECT_EQ(one.receive(), "41");
  EXPECT_EQ(one.receive(), "6");
  EXPECT_EQ(one.receive(), "1");
  EXPECT_EQ(one.receive(), "ended");
}
TEST_P(polling_exit, second_get_while_one_is_pending) {
  serve();
  auto one = joined(true);
  EXPECT_EQ(one.posts().request("GET", one.target()).status, 400U);
  EXPECT_EQ(one.receive_pending(), "1");
  EXPECT_TRUE(server().reaches(reason::transport_error, 1));
}
TEST_P(polling_exit, second_post_while_one_is_being_read) {
  serve();
  auto one = joined(true);
  one.posts().send("POST " + one.target() + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n42[");
  EXPECT_TRUE(server().reaches(counter::http_requests, requests_with_get() + 1));
  EXPECT_EQ(one.connect()->request("POST", one.target(), "3").status, 400U);
  EXPECT_TRUE(one.posts().is_closed_by_server());
  EXPECT_EQ(one.receive_pending(), "1");
}
TEST_P(polling_exit, body_that_is_no_payload) {
  serve();
  auto one = joined(true);
  const auto answer = one.post("garbage");
  EXPECT_EQ(answer.status, 400U);
  EXPECT_EQ(answer.body, R"({"code":3,"message":"Bad request"})");
  EXPECT_EQ(one.receive_pending(), "1");
  EXPECT_TRUE(server().reaches(reason::parse_error, 1));
}
TEST_P(polling_exit, body_that_is_empty) {
  serve();
  auto one = joined(true);
  EXPECT_EQ(one.post("").status, 400U);
  EXPECT_EQ(server().count(counter::payloads_invalid), 1U);
  EXPECT_EQ(one.receive_pending(), "1");
}
TEST_P(polling_exit, body_too_large_is_refused_and_closes_nothing) {
  serve();
  auto one = joined(false);
  EXPECT_EQ(one.post(std::string(20'000, '4')).status, 413U);
  EXPECT_TRUE(one.posts().is_closed_by_server());
  EXPECT_EQ(server().io().stats().sessions, 1U);
}
TEST_P(polling_exit, chunked_body_too_large_is_refused_and_closes_nothing) {
  serve();
  auto one = joined(false);
  one.posts().send("POST " + one.target() + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 3; ++i) one.posts().send("1000\r\n" + std::string(4096, '4') + "\r\n");
  EXPECT_EQ(one.posts().read_answer().status, 413U);
  EXPECT_EQ(server().io().stats().sessions, 1U);
}
TEST_P(polling_exit, body_aborted) {
  serve();
  auto one = joined(true);
  one.posts().send("POST " + one.target() + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n42[");
  EXPECT_TRUE(server().reaches(counter::http_requests, requests_with_get() + 1));
  one.posts().close();
  EXPECT_EQ(one.receive_pending(), "1");
  EXPECT_TRUE(server().reaches(reason::transport_error, 1));
}
TEST_P(polling_exit, body_reset) {
  serve();
  auto one = joined(false);
  one.posts().send("POST " + one.target() + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n42[");
  EXPECT_TRUE(server().reaches(counter::http_requests, requests_with_get()));
  one.posts().reset();
  EXPECT_TRUE(server().reaches(reason::transport_error, 1));
}
TEST_P(polling_exit, jsonp_client_closes) {
  serve();
  const auto target = "/socket.io/?EIO=" + std::to_string(GetParam().eio) + "&transport=polling&j=7";
  auto spare = client();
  auto& wire = spare.wire();
  const auto opened = wire.request("GET", target);
  ASSERT_EQ(opened.status, 200U);
  EXPECT_EQ(opened.body.substr(0, 11), "___eio[7](\"");
  const auto at_sid = opened.body.find("sid\\\":\\\"");
  const auto sid = opened.body.substr(at_sid + 8, 20);
  const auto packet = spare.payload({"1"});
  const auto said = wire.request("POST", target + "&sid=" + sid, "d=" + packet,
                                 "Content-Type: application/x-www-form-urlencoded\r\n");
  EXPECT_EQ(said.body, "ok");
  EXPECT_TRUE(server().reaches(counter::sessions_closed, 1));
}
TEST_P(polling_exit, half_received_attachments_then_gone) {
  server().root().on("upload", [](const socket&, const bytes&, const bytes&) {});
  serve();
  {
    auto one = joined(false);
    one.vanish();
    one.send_all({R"(452-["upload",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])", "bfirst"});
  }
  EXPECT_TRUE(server().reaches(reason::ping_timeout, 1));
}
TEST_P(polling_exit, pipelined_polls_and_posts_then_gone) {
  std::atomic<int> heard = 0;
  server().root().on("say", [&](const socket& s, const std::string& text) {
    s.emit("said", text);
    ++heard;
  });
  serve();
  auto one = joined(false);
  // On one connection: a GET that waits, and behind it a POST whose event will answer another GET behind it.
  const auto body = one.payload({R"(42["say","a"])", R"(42["say","b"])", R"(42["say","c"])"});
  const auto get = "GET " + one.target() + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const auto post = "POST " + one.target() +
                    " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                    body;
  one.wire().send(get + post + get + post + get);
  one.send(R"(42["say","first"])");
  std::string all;
  for (int i = 0; i < 4; ++i) all += one.wire().read_answer().body + ";";
  EXPECT_EQ(heard, 7) << all;
  one.wire().reset();
  EXPECT_TRUE(server().reaches(counter::sessions_closed, 1));  // the last GET had its answer: nobody polls any more
}

INSTANTIATE_TEST_SUITE_P(each, polling_exit, testing::ValuesIn(every_polling), name_of);

}  // namespace
}  // namespace encke::test
