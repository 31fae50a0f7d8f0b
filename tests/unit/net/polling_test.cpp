// SPDX-License-Identifier: MIT
// What only polling needs of a session: the packets of POSTs, which request is which, and answers with all that waits.
#include <net/polling.hpp>

#include <gtest/gtest.h>

#include <net/http_exchange.hpp>
#include <net/session.hpp>
#include <websocket/frame.hpp>

#include "unit/net/net_fixture.hpp"

namespace encke::test {
namespace {

using engineio::revision;
using net::polling;
using texts = std::vector<std::string>;

// All packets of a body, "?" for what cannot be read.
texts packets_of(const polling& by, std::string_view received, bool octet_stream = false) {
  std::string scratch;
  const auto body = by.body_of(received, scratch);
  if (!body) return {"no body"};
  auto packets = by.packets_of(*body, octet_stream);
  texts all;
  for (;;) {
    const auto next = packets.next();
    if (!next) all.emplace_back("?");
    if (!next || !*next) return all;
    all.push_back((**next).binary ? "b" + std::string{(**next).data} : std::string{(**next).data});
  }
}

TEST(posted_packets, are_those_of_the_payload) {
  const polling by{revision::v4, true};
  EXPECT_EQ(packets_of(by,
                       "4one\x1e"
                       "4two\x1e"
                       "bAQI="),
            (texts{"one", "two", "b\x01\x02"}));
  EXPECT_EQ(packets_of(by, "4one\x1exx"), (texts{"one", "?"}));
}

TEST(posted_packets, of_jsonp_are_in_a_form) {
  const polling by{revision::v4, true, "0"};
  EXPECT_EQ(packets_of(by, "d=4one%1E4two"), (texts{"one", "two"}));
  EXPECT_EQ(packets_of(by, "4one"), texts{"no body"});
}

TEST(posted_packets, of_1x_are_decoded_once_more_where_it_is_plain) {
  const std::string twice = "4:4\xc3\x83\xc2\xa9!", once = "3:4\xc3\xa9!";
  EXPECT_EQ(packets_of(polling{revision::v3, true}, twice), texts{"\xc3\xa9!"});
  EXPECT_EQ(packets_of(polling{revision::v3, true}, once), texts{"\xc3\xa9!"});
  EXPECT_EQ(packets_of(polling{revision::v3, false}, "4:4\xc3\x83\xc2\xa9!"), texts{"\xc3\x83\xc2\xa9!"});
}

TEST(posted_packets, outlive_the_polling_that_made_them) {
  std::optional<polling> by{std::in_place, revision::v4, true};
  const std::string body = "4one";
  auto packets = by->packets_of(body, false);
  by.reset();
  EXPECT_EQ((**packets.next()).data, "one");
}

// Sessions over plain descriptors.
class polling_test : public testing::Test {
 protected:
  polling_test() { at.start(); }

  struct poller {
    std::string path;
    far_end gets, posts;
  };
  poller open(std::string_view query = "&EIO=4") {
    auto gets = at.connect(), posts = at.connect();
    std::string path = "/socket.io/?transport=polling" + std::string{query};
    const auto said = ask(gets, "GET", path);
    path += "&sid=" + said.substr(said.find("sid") + (said.find("sid\\\"") == said.npos ? 6 : 8), 20);
    return {path, std::move(gets), std::move(posts)};
  }
  // The body of the answer, or all of another one than 200; "" if there is none yet.
  std::string ask(far_end& by, std::string_view method, std::string_view path, std::string_view body = {}) {
    by.write(std::string{method} + " " + std::string{path} +
             " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body});
    return answer(by);
  }
  std::string answer(far_end& by) {
    at.step();
    auto all = by.read();
    return all.starts_with("HTTP/1.1 200 ") ? all.substr(all.find("\r\n\r\n") + 4) : all;
  }
  std::string get(poller& by) { return ask(by.gets, "GET", by.path); }
  std::string post(poller& by, std::string_view body) { return ask(by.posts, "POST", by.path, body); }
  void say(std::string_view text) { at.above.link->send(hub::frame::make(text), false); }
  net::session& session_of(const poller& by) { return *at.worker().find(by.path.substr(by.path.size() - 20)); }

  net_fixture at;
};

TEST_F(polling_test, a_get_waits_for_what_is_queued_in_one_turn) {
  auto by = open();
  EXPECT_EQ(get(by), "");
  say("4one");
  say("4two");
  EXPECT_EQ(answer(by.gets),
            "4one\x1e"
            "4two");
  EXPECT_EQ(get(by), "") << "nothing is sent twice";
}

TEST_F(polling_test, a_get_takes_what_has_waited_for_it) {
  auto by = open();
  say("4one");
  at.step();
  say("4two");
  EXPECT_EQ(get(by),
            "4one\x1e"
            "4two");
}

TEST_F(polling_test, attachments_are_base64_for_whoever_takes_only_text) {
  auto by = open();
  at.above.link->send(hub::frame::make_binary("\x01\x02"), false);
  EXPECT_EQ(get(by), "bAQI=");
}

TEST_F(polling_test, answers_by_jsonp_are_scripts) {
  auto by = open("&EIO=4&j=7");
  say("4\"x\"");
  EXPECT_EQ(get(by), R"(___eio[7]("4\"x\"");)");
  EXPECT_EQ(post(by, "d=4hello"), "ok");
  EXPECT_EQ(at.above.heard, (texts{"open", "text hello"}));
}

TEST_F(polling_test, a_second_get_ends_the_session_and_answers_the_first) {
  auto by = open();
  EXPECT_EQ(get(by), "");
  auto second = at.connect();
  EXPECT_EQ(ask(second, "GET", by.path).substr(0, 12), "HTTP/1.1 400");
  EXPECT_EQ(answer(by.gets), "1");
  EXPECT_EQ(at.above.heard, (texts{"open", "closed transport error"}));
}

TEST_F(polling_test, a_second_post_closes_the_first_and_ends_the_session) {
  auto by = open();
  by.posts.write("POST " + by.path + " HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n4ha");
  at.step();
  auto second = at.connect();
  EXPECT_EQ(ask(second, "POST", by.path, "4x").substr(0, 12), "HTTP/1.1 400");
  EXPECT_EQ(by.posts.read(), "");
  EXPECT_TRUE(by.posts.has_ended());
  EXPECT_EQ(at.above.heard, (texts{"open", "closed transport error"}));
}

TEST_F(polling_test, the_session_ends_with_the_connection_of_its_get) {
  auto by = open();
  EXPECT_EQ(get(by), "");
  by.gets.close();
  at.step();
  EXPECT_EQ(at.above.heard, (texts{"open", "closed transport error"}));
}

TEST_F(polling_test, a_connection_that_waits_for_nothing_may_go) {
  auto by = open();
  by.gets.close();
  by.posts.close();
  at.step();
  auto again = at.connect();
  say("4one");
  EXPECT_EQ(ask(again, "GET", by.path), "4one");
}

TEST_F(polling_test, when_the_session_ends_its_requests_are_answered_and_forget_it) {
  auto by = open();
  EXPECT_EQ(get(by), "");
  by.posts.write("POST " + by.path + " HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\n4ha");
  at.step();
  session_of(by).on_stop();
  EXPECT_EQ(answer(by.gets), "1");
  by.posts.write("lf!");
  EXPECT_EQ(answer(by.posts), "ok");
  EXPECT_EQ(at.above.heard, (texts{"open", "closed server shutting down"}));
  EXPECT_EQ(get(by).substr(0, 12), "HTTP/1.1 400");
}

TEST_F(polling_test, an_end_in_order_waits_for_the_get_that_takes_what_is_queued) {
  auto by = open();
  say("4last");
  session_of(by).close(reason::server_namespace_disconnect);
  EXPECT_EQ(get(by), "4last");
  EXPECT_EQ(get(by),
            "6\x1e"
            "1");
  EXPECT_EQ(at.above.heard.back(), "closed server namespace disconnect");
}

TEST_F(polling_test, its_connections_and_half_a_post_count_as_the_sessions) {
  auto by = open();
  const auto idle = session_of(by).weight().bytes;
  EXPECT_EQ(get(by), "");
  EXPECT_GT(session_of(by).weight().bytes, idle);
  EXPECT_EQ(session_of(by).unfinished(), 0U);
  by.posts.write("POST " + by.path + " HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\n" + std::string(3000, 'x'));
  at.step();
  EXPECT_GT(session_of(by).unfinished(), 3000U);
}

TEST_F(polling_test, is_gone_once_the_session_is_on_a_websocket) {
  auto by = open();
  const auto before = session_of(by).weight().bytes;
  auto socket = at.connect();
  auto path = by.path;
  path.replace(path.find("polling"), 7, "websocket");
  std::string all = "GET " + path +
                    " HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  websocket::append_masked_frame(all, websocket::opcode::text, "2probe", 0x12345678);
  websocket::append_masked_frame(all, websocket::opcode::text, "5", 0x12345678);
  socket.write(all);
  at.step();
  EXPECT_EQ(at.above.heard, (texts{"open", "upgrade"}));
  by.gets.close();
  by.posts.close();
  at.step();
  const auto facts = session_of(by).facts();
  EXPECT_EQ(facts.transport, transport::websocket);
  EXPECT_EQ(
      session_of(by).weight().bytes, before - ledger::set_aside(sizeof(polling)) + [&] {
        std::size_t of_connections = 0;
        at.worker().for_each_connection([&](const net::connection& one) { of_connections += one.held(); });
        return of_connections;
      }());
}

}  // namespace
}  // namespace encke::test
