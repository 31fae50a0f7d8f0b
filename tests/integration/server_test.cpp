// SPDX-License-Identifier: MIT
// A whole server: plain routes, TLS and its certificates, stopping, and what does not belong to one client.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <mutex>

#include "support/engine_client.hpp"
#include "support/server_fixture.hpp"

namespace encke::test {
namespace {

using namespace std::chrono_literals;

class served : public testing::Test {
 protected:
  server_fixture server;
  encke::server& io = server.io();
};

TEST_F(served, routes_by_method_path_and_parameters) {
  io.route("GET", "/users/{id}", [](const http_request& r) {
    return http_response{.headers = {{"X-Query", std::string{r.query_value("q").value_or("none")}}},
                         .body = std::string{r.param("id")} + "@" + r.address};
  });
  io.route("POST", "/users/{id}",
           [](http_request r) -> task<http_response> { co_return http_response{.status = 201, .body = r.body}; });
  server.start();
  scripted_peer one{server.port()};
  const auto got = one.request("GET", "/users/a%20b?q=1+2");
  EXPECT_EQ(got.status, 200U);
  EXPECT_EQ(got.body, "a b@127.0.0.1");
  EXPECT_EQ(got.header("x-query"), "1 2");
  const auto posted = one.request("POST", "/users/7", "body");
  EXPECT_EQ(posted.status, 201U);
  EXPECT_EQ(posted.body, "body");
  const auto head = one.request("HEAD", "/users/7");
  EXPECT_EQ(head.status, 200U);
  EXPECT_EQ(head.header("content-length"), std::to_string(std::string{"7@127.0.0.1"}.size()));
  const auto wrong_method = one.request("DELETE", "/users/7");
  EXPECT_EQ(wrong_method.status, 405U);
  EXPECT_EQ(wrong_method.header("allow"), "GET, HEAD, POST, OPTIONS");
  const auto asked = one.request("OPTIONS", "/users/7");
  EXPECT_EQ(asked.status, 204U);
  EXPECT_EQ(asked.header("allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(one.request("OPTIONS", "*").status, 204U);
  EXPECT_EQ(one.request("GET", "//users//7/").body, "7@127.0.0.1");
  EXPECT_EQ(one.request("GET", "/users").status, 404U);
}
TEST_F(served, routes_bodies_up_to_their_limit) {
  const auto size = [](const http_request& r) { return http_response{.body = std::to_string(r.body.size())}; };
  io.route("POST", "/small", size, {.max_body = 10});
  server.start();
  scripted_peer one{server.port()};
  EXPECT_EQ(one.request("POST", "/small", "0123456789").body, "10");
  EXPECT_EQ(one.request("POST", "/small", "0123456789a").status, 413U);
  EXPECT_TRUE(one.is_closed_by_server());
  scripted_peer chunked{server.port()};
  chunked.send("POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n");
  EXPECT_EQ(chunked.read_answer().body, "4");
  scripted_peer waiting{server.port()};
  waiting.send("POST /small HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(waiting.read_answer().status, 100U);
  waiting.send("ab");
  EXPECT_EQ(waiting.read_answer().body, "2");
}
TEST_F(served, refusals_as_the_hook_words_them) {
  io.route("POST", "/small", [](const http_request&) { return http_response{}; }, {.max_body = 2});
  io.route("GET", "/bad", [](const http_request&) -> http_response { throw std::runtime_error{"no"}; });
  io.on_http_refusal([](http_response& answer, const http_refusal& why) {
    answer.body = std::to_string(why.status) + ' ' + std::string{why.what};
    answer.content_type = "text/x-refusal";
  });
  EXPECT_THROW(io.on_http_refusal({}), std::logic_error);
  server.start();
  const auto said = [&](std::string_view method, std::string_view path, std::string_view body = {}) {
    return scripted_peer{server.port()}.request(method, path, body).body;
  };
  EXPECT_EQ(said("GET", "/nowhere"), "404 not found");
  EXPECT_EQ(said("GET", "/small"), "405 method not allowed");
  EXPECT_EQ(said("POST", "/small", "abc"), "413 body too large");
  EXPECT_EQ(said("GET", "/bad"), "500 exception");
  scripted_peer odd{server.port()};
  odd.send("GET / HTTP/3.0\r\nHost: a\r\n\r\n");
  EXPECT_EQ(odd.read_answer().body, "505 unsupported version");
}
TEST_F(served, internal_routes_only_where_they_belong) {
  const auto ok = [](const http_request&) { return http_response{.body = "ok"}; };
  io.route("GET", "/inside", ok, {.internal = true});
  io.route("GET", "/outside", ok);
  const auto internal = io.listen({.address = "127.0.0.1", .internal = true});
  server.start();
  scripted_peer outside{server.port()}, inside{internal};
  EXPECT_EQ(outside.request("GET", "/outside").status, 200U);
  EXPECT_EQ(outside.request("GET", "/inside").status, 404U);
  EXPECT_EQ(inside.request("GET", "/inside").status, 200U);
  EXPECT_EQ(inside.request("GET", "/outside").status, 404U);
  EXPECT_EQ(inside.request("GET", "/socket.io/?EIO=4&transport=polling").status, 404U);
}
TEST_F(served, speaks_http_1_0_and_closes) {
  io.route("GET", "/", [](const http_request&) { return http_response{.body = "ok"}; });
  server.start();
  scripted_peer one{server.port()};
  one.send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(one.read_answer().body, "ok");
  EXPECT_TRUE(one.is_closed_by_server());
}
TEST_F(served, answers_one_who_will_say_no_more) {
  io.route("GET", "/large", [](const http_request&) { return http_response{.body = std::string(3'000'000, 'x')}; });
  server.start();
  scripted_peer one{server.port()};
  one.send_request("GET", "/large");
  one.half_close();
  EXPECT_EQ(one.read_answer().body.size(), 3'000'000U);
}
TEST_F(served, takes_the_path_that_it_was_given) {
  auto o = test_options();
  o.path = "/push/";
  server_fixture other{o};
  other.start();
  scripted_peer one{other.port()};
  EXPECT_EQ(one.request("GET", "/push/?EIO=4&transport=polling").status, 200U);
  EXPECT_EQ(one.request("GET", "/push?EIO=4&transport=polling").status, 200U);
  EXPECT_EQ(one.request("GET", "/pushed/?EIO=4&transport=polling").status, 404U);
  EXPECT_EQ(one.request("GET", "/socket.io/?EIO=4&transport=polling").status, 404U);
  other.stop();
}

// --- allow_request
// ----------------------------------------------------------------------------------------------------

TEST_F(served, lets_in_whom_the_hook_lets_in) {
  io.allow_request([](handshake& h) -> admission {
    h.identity = std::string{h.query_value("name").value_or("")};
    if (h.header("x-key") == "good") return admit;
    return admission::refusal{
        .message = "no key", .data = {}, .status = 402, .headers = {{"X-Why", "money"}}, .body = {}};
  });
  server.root().on("who", [](const socket& s) { return std::any_cast<std::string>(s.handshake().identity); });
  server.start();
  scripted_peer one{server.port()};
  const auto refused = one.request("GET", "/socket.io/?EIO=4&transport=polling&name=ann");
  EXPECT_EQ(refused.status, 402U);
  EXPECT_EQ(refused.header("x-why"), "money");
  EXPECT_EQ(refused.body, R"({"code":4,"message":"no key"})");
  engine_client admitted{server.port(), websocket_way, "&name=ann", "X-Key: good\r\n"};
  admitted.join();
  admitted.send(R"(420["who"])");
  EXPECT_EQ(admitted.receive_message(), R"(430["ann"])");
}

// --- TLS
// --------------------------------------------------------------------------------------------------------------

std::string certificate_of(scripted_peer& peer) {
  const tls::test::certificate_ptr shown{SSL_get1_peer_certificate(peer.native_tls())};
  return tls::test::pem_of(shown.get());
}

TEST_F(served, by_tls_with_both_versions) {
  io.route("GET", "/large", [](const http_request&) { return http_response{.body = std::string(1'000'000, 'x')}; });
  server.start_tls();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    scripted_peer one{server.port()};
    ASSERT_TRUE(one.start_tls({.version = version}));
    EXPECT_EQ(one.request("GET", "/large").body.size(), 1'000'000U);
    EXPECT_EQ(one.request("GET", "/nowhere").status, 404U);
  }
}
TEST_F(served, new_certificates_without_dropping_anyone) {
  server.root().on("echo", [](const socket& s, int n) { s.emit("echo", n); });
  server.start_tls();
  engine_client before{server.port(), {.by = carrier::websocket, .eio = 4, .tls = true}};
  before.join();
  const auto old_one = certificate_of(before.wire());
  server.write_certificate();
  io.reload_certificates();
  scripted_peer after{server.port()};
  ASSERT_TRUE(after.start_tls());
  EXPECT_NE(certificate_of(after), old_one);
  before.send(R"(42["echo",1])");
  EXPECT_EQ(before.receive_message(), R"(42["echo",1])");
}
TEST_F(served, certificates_from_other_files_and_these_again_later) {
  server.start_tls();
  const auto shown = [&] {
    scripted_peer peer{server.port()};
    EXPECT_TRUE(peer.start_tls());
    return certificate_of(peer);
  };
  const tls::test::folder others;
  const auto renew = [&] {
    const auto key = tls::test::make_ec_key();
    const auto certificate = tls::test::pem_of(tls::test::make_certificate(key.get()).get());
    (void)others.write("other.pem", certificate);
    (void)others.write("other.key", tls::test::pem_of(key.get()));
    return certificate;
  };
  const auto second = renew();
  io.reload_certificates({.certificate = others.path("other.pem"), .key = others.path("other.key")});
  EXPECT_EQ(shown(), second);
  EXPECT_THROW(io.reload_certificates({.certificate = "/nowhere", .key = "/nowhere"}), std::runtime_error);
  const auto third = renew();
  io.reload_certificates();
  EXPECT_EQ(shown(), third);
}
TEST_F(served, the_old_certificate_when_the_new_one_is_broken) {
  server.start_tls();
  scripted_peer before{server.port()};
  ASSERT_TRUE(before.start_tls());
  server.break_certificate();
  EXPECT_THROW(io.reload_certificates(), std::runtime_error);
  scripted_peer after{server.port()};
  ASSERT_TRUE(after.start_tls());
  EXPECT_EQ(certificate_of(after), certificate_of(before));
}

TEST(server_log, says_how_many_workers_there_are_and_why) {
  std::mutex lock;
  std::vector<std::string> told;
  auto o = test_options();
  o.threads = 3;
  o.log = [&](const log_record& record) {
    const std::lock_guard hold{lock};
    if (record.message != "workers") return;
    for (const auto& [name, value] : record.fields) told.push_back(std::string{name} + "=" + std::string{value});
  };
  server_fixture server{o};
  server.start();
  server.stop();
  EXPECT_EQ(told, (std::vector<std::string>{"count=3", "because=set in the options"}));
}

// --- stopping
// ---------------------------------------------------------------------------------------------------------

TEST_F(served, until_stopped_and_what_was_asked_is_answered) {
  std::atomic<bool> entered = false, leave = false;
  io.route("GET", "/slow", [&](http_request) -> task<http_response> {
    entered = true;
    while (!leave) co_await boost::asio::post(boost::asio::use_awaitable);
    co_return http_response{.body = "late, but here"};
  });
  server.start();
  scripted_peer asking{server.port()}, idle{server.port()};
  asking.send_request("GET", "/slow");
  ASSERT_TRUE(eventually([&] { return entered.load(); }));
  std::jthread stopping{[&] { server.stop(10s); }};
  EXPECT_TRUE(idle.is_closed_by_server());
  leave = true;
  const auto answer = asking.read_answer();
  EXPECT_EQ(answer.body, "late, but here");
  EXPECT_EQ(answer.header("connection"), "close");
}
TEST_F(served, until_stopped_and_then_nobody_gets_in) {
  server.start();
  const auto port = server.port();
  server.stop();
  EXPECT_THROW(scripted_peer{port}, std::runtime_error);
}
TEST_F(served, only_once) {
  server.start();
  scripted_peer{server.port()}.request("GET", "/");
  server.stop();
  EXPECT_THROW(io.run(), std::logic_error);
}
TEST(stop, before_run_ends_it_at_once) {
  const ledger_check nothing_left;
  encke::server io{test_options()};
  (void)io.listen({.address = "127.0.0.1"});
  io.stop();
  io.run();
}

// --- hooks --------------------------------------------------------------------------------------------------------

TEST_F(served, tells_hooks_of_refused_requests) {
  std::mutex lock;
  std::vector<std::string> seen;
  io.engine({.connection_error = [&](const connection_error& what) {
    const std::lock_guard locked{lock};
    seen.push_back(std::to_string(what.code) + " " + std::string{what.message} + " " + what.request.method + " " +
                   what.request.path + " " + std::string{what.request.header("x-who")});
    throw std::runtime_error{"broken"};
  }});
  io.allow_request([](handshake& sent) { return sent.header("x-who") == "me" ? refuse("not you") : admit; });
  server.start();
  scripted_peer one{server.port()};
  EXPECT_EQ(one.request("GET", "/socket.io/?EIO=4&transport=smoke").status, 400U);
  EXPECT_EQ(one.request("GET", "/socket.io/?EIO=4&transport=polling&sid=x").status, 400U);
  EXPECT_EQ(one.request("GET", "/socket.io/?EIO=4&transport=polling", {}, "X-Who: me\r\n").status, 403U);
  scripted_peer two{server.port()};
  EXPECT_EQ(two.upgrade("/socket.io/?EIO=4&transport=websocket", "X-Who: me\r\n").status, 400U);
  EXPECT_TRUE(server.reaches(counter::handler_errors, 4));
  const std::lock_guard locked{lock};
  EXPECT_EQ(seen,
            (std::vector<std::string>{"0 Transport unknown GET /socket.io/ ", "1 Session ID unknown GET /socket.io/ ",
                                      "4 not you GET /socket.io/ me", "4 not you GET /socket.io/ me"}));
}

TEST_F(served, lets_hooks_add_headers) {
  io.engine({.initial_headers = [](http_headers& to, const http_request&) { to.emplace_back("X-First", "1"); },
             .headers = [](http_headers& to, const http_request& r) { to.emplace_back("X-Each", r.method); }});
  io.route("GET", "/plain", [](const http_request&) { return http_response{}; });
  server.start();
  scripted_peer one{server.port()};
  const auto opened = one.request("GET", "/socket.io/?EIO=4&transport=polling");
  EXPECT_EQ(opened.header("x-first"), "1");
  EXPECT_EQ(opened.header("x-each"), "GET");
  const auto sid = opened.body.substr(9, 20);
  const auto posted = one.request("POST", "/socket.io/?EIO=4&transport=polling&sid=" + sid, "40");
  EXPECT_EQ(posted.status, 200U);
  EXPECT_EQ(posted.header("x-first"), "");
  EXPECT_EQ(posted.header("x-each"), "POST");
  EXPECT_EQ(one.request("GET", "/plain").header("x-each"), "");
  scripted_peer two{server.port()};
  const auto switched = two.upgrade("/socket.io/?EIO=4&transport=websocket");
  EXPECT_EQ(switched.status, 101U);
  EXPECT_EQ(switched.header("x-first"), "1");
  EXPECT_EQ(switched.header("x-each"), "GET");
  scripted_peer probe{server.port()};
  EXPECT_EQ(probe.upgrade("/socket.io/?EIO=4&transport=websocket&sid=" + sid).header("x-first"), "");
}

TEST_F(served, tells_when_a_client_moves_to_a_websocket) {
  server.root().on_connect([](const socket& s) { s.emit("by", std::string{s.transport()}); });
  server.root().on_upgrade([](const socket& s) { s.emit("now by", std::string{s.transport()}); });
  server.start();
  engine_client one{server.port(), way{.by = carrier::polling}};
  one.join();
  EXPECT_EQ(one.receive_message(), R"(42["by","polling"])");
  one.upgrade();
  EXPECT_EQ(one.receive_message(), R"(42["now by","websocket"])");
}

TEST_F(served, starts_coroutines_of_its_own) {
  std::atomic<int> ticks{0};
  std::atomic<bool> told{false};
  io.on_error([&](const fault& what) { told = what.handler == "spawn" && what.what == "broken"; });
  io.spawn([](std::atomic<int>& count, encke::server& to) -> task<void> {
    const auto here = co_await boost::asio::this_coro::executor;
    for (;;) {
      boost::asio::steady_timer timer{here, 1ms};
      co_await timer.async_wait(boost::asio::use_awaitable);
      to.emit("tick", ++count);
    }
  }(ticks, io));
  io.spawn([]() -> task<void> {
    throw std::runtime_error{"broken"};
    co_return;
  }());
  server.start();
  scripted_peer one{server.port()};
  EXPECT_EQ(one.upgrade("/socket.io/?EIO=4&transport=websocket").status, 101U);
  one.send_text("40");
  EXPECT_EQ(one.read_text().front(), '0');
  EXPECT_EQ(one.read_text().substr(0, 2), "40");
  EXPECT_EQ(one.read_text().substr(0, 10), R"(42["tick",)");
  EXPECT_TRUE(eventually([&] { return told.load(); }));
}

}  // namespace
}  // namespace encke::test
