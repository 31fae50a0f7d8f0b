// SPDX-License-Identifier: MIT
// The requests of one connection: in which order they are read and answered, and what happens to one that waits when
// its connection ends, moves, is stopped or becomes a WebSocket.
#include <net/http_exchange.hpp>

#include <gtest/gtest.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <websocket/frame.hpp>

#include "unit/net/net_fixture.hpp"

namespace encke::test {
namespace {

using namespace std::chrono_literals;

std::string get(std::string_view path, std::string_view more = {}) {
  return "GET " + std::string{path} + " HTTP/1.1\r\nHost: h\r\n" + std::string{more} + "\r\n";
}
std::string post(std::string_view path, std::string_view body, std::string_view more = {}) {
  return "POST " + std::string{path} + " HTTP/1.1\r\nHost: h\r\n" + std::string{more} +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}
constexpr std::string_view handshake_path = "/socket.io/?EIO=4&transport=polling";
constexpr std::string_view websocket_path = "/socket.io/?EIO=4&transport=websocket";
constexpr std::string_view upgrade_fields =
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

// "200 body" for each of several answers, in order; one without a Content-Length has none.
std::vector<std::string> answers_in(std::string_view bytes) {
  std::vector<std::string> all;
  while (bytes.starts_with("HTTP/1.1 ")) {
    const auto end = bytes.find("\r\n\r\n");
    auto head = bytes.substr(0, end);
    bytes.remove_prefix(end + 4);
    std::size_t size = 0;
    if (const auto length = head.find("Content-Length: "); length != head.npos)
      size = static_cast<std::size_t>(std::stoul(std::string{head.substr(length + 16)}));
    all.push_back(std::string{head.substr(9, 3)} + " " + std::string{bytes.substr(0, size)});
    bytes.remove_prefix(size);
  }
  if (!bytes.empty()) all.push_back("?" + std::string{bytes});
  return all;
}

using answers = std::vector<std::string>;

class http_exchange_test : public testing::Test {
 protected:
  explicit http_exchange_test(std::uint8_t workers = 1) : at{options{}, workers} {
    route("GET", "/now/{what}",
          [](const http_request& r) { return http_response{.body = std::string{r.param("what")}}; });
    route("POST", "/size", [this](const http_request& r) {
      ++posts;
      return http_response{.body = std::to_string(r.body.size())};
    });
    route("GET", "/later", [this](http_request) -> task<http_response> { return wait_for_gate(); });
  }
  template <class F>
  void route(std::string_view method, std::string_view pattern, F handler, route_options how = {}) {
    at.shared().plain.add(method, pattern, make_http_handler(std::move(handler)), std::move(how));
  }
  // Answers once `open_gate` was called, unless the caller goes first.
  task<http_response> wait_for_gate() {
    ++waiting;
    co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_total_cancellation());
    gate = std::make_shared<boost::asio::steady_timer>(co_await boost::asio::this_coro::executor, time_point::max());
    const auto own = gate;
    boost::system::error_code ended;
    co_await own->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ended));
    const auto state = co_await boost::asio::this_coro::cancellation_state;
    if (state.cancelled() != boost::asio::cancellation_type::none) ++cancelled;
    --waiting;
    co_return http_response{.body = "opened"};
  }
  void open_gate() const { gate->cancel(); }

  far_end begin() {
    at.start();
    return at.connect(&one);
  }
  answers ask(far_end& peer, std::string_view bytes) {
    peer.write(bytes);
    at.step();
    return answers_in(peer.read());
  }
  // Opens a session by polling; its id.
  std::string open_session(far_end& peer) {
    const auto said = ask(peer, get(handshake_path)).at(0);
    return said.substr(said.find("\"sid\":\"") + 7, 20);
  }

  int posts = 0, waiting = 0, cancelled = 0;
  net_fixture at;
  std::shared_ptr<boost::asio::steady_timer> gate;
  net::connection* one = nullptr;
};

// --- one after another --------------------------------------------------------------------------------------------

TEST_F(http_exchange_test, answers_what_is_pipelined_in_order) {
  auto peer = begin();
  const auto all = get("/now/a") + post("/size", "12345") + get("/none") + get("/now/b");
  EXPECT_EQ(ask(peer, all), (answers{"200 a", "200 5", "404 Not Found\n", "200 b"}));
  EXPECT_EQ(at.count(counter::http_requests), 4U);
}

TEST_F(http_exchange_test, answers_the_same_however_it_is_cut) {
  const auto all = get("/now/a") + post("/size", "12345") + get("/now/b");
  auto first = begin();
  for (std::size_t cut = 1; cut < all.size(); ++cut) {
    auto peer = at.connect();
    peer.write(all.substr(0, cut));
    at.step();
    peer.write(all.substr(cut));
    at.step();
    ASSERT_EQ(answers_in(peer.read()), (answers{"200 a", "200 5", "200 b"})) << cut;
  }
}

TEST_F(http_exchange_test, a_request_waits_until_the_one_before_is_answered) {
  auto peer = begin();
  EXPECT_EQ(ask(peer, get("/now/a") + get("/later") + post("/size", "x") + get("/later")), answers{"200 a"});
  EXPECT_EQ(posts, 0);
  EXPECT_EQ(ask(peer, get("/now/z")), answers{});
  open_gate();
  at.step();
  EXPECT_EQ(answers_in(peer.read()), (answers{"200 opened", "200 1"}));
  open_gate();
  at.step();
  EXPECT_EQ(answers_in(peer.read()), (answers{"200 opened", "200 z"}));
}

TEST_F(http_exchange_test, whoever_pipelines_much_while_it_waits_is_not_read) {
  auto peer = begin();
  EXPECT_EQ(ask(peer, get("/later")), answers{});
  const std::string much = get("/now/x", "Filler: " + std::string(900, 'x') + "\r\n");
  std::size_t sent = 0;
  for (; sent < 10'000 && peer.try_write(much); ++sent) at.step();
  EXPECT_LT(sent, 10'000U) << "the kernel keeps the rest";
  EXPECT_LT(one->unfinished(), 200U * 1024);
  open_gate();
  std::size_t answered = 0;
  for (std::size_t before = 1; before != answered;) {
    before = answered;
    at.step();
    answered += answers_in(peer.read()).size();
  }
  EXPECT_EQ(answered, sent + 1);
}

TEST_F(http_exchange_test, who_does_not_read_answers_is_not_asked_for_more) {
  const std::string large(60'000, 'x');
  int served = 0;
  route("GET", "/large", [&](const http_request&) {
    ++served;
    return http_response{.body = large};
  });
  auto peer = begin();
  std::string all;
  for (int i = 0; i < 50; ++i) all += get("/large");
  peer.write(all);
  at.step();
  EXPECT_LT(served, 50);
  std::size_t got = 0;
  for (int i = 0; i < 200 && served < 50; ++i) {
    got += peer.read().size();
    at.step();
  }
  for (auto more = std::string{"-"}; !more.empty(); at.step()) got += (more = peer.read()).size();
  EXPECT_EQ(served, 50);
  EXPECT_GE(got, 50 * large.size());
}

TEST_F(http_exchange_test, behind_a_request_that_is_none_nothing_is_read) {
  auto peer = begin();
  const auto got = ask(peer, get("/now/a") + "nonsense\r\n\r\n" + post("/size", "x"));
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[0], "200 a");
  EXPECT_EQ(got[1].substr(0, 3), "400");
  EXPECT_EQ(posts, 0);
  EXPECT_TRUE(peer.has_ended());
}

TEST_F(http_exchange_test, the_connection_ends_behind_an_answer_that_needs_no_body) {
  auto peer = begin();
  EXPECT_EQ(ask(peer, "POST /none HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n"), answers{"404 Not Found\n"});
  EXPECT_TRUE(peer.has_ended());
}

TEST_F(http_exchange_test, a_route_that_refuses_does_so_before_a_body_and_once) {
  int asked = 0;
  route("POST", "/closed", [](const http_request&) { return http_response{.body = "in"}; },
        {.refuse = [&](const http_request&) -> std::optional<http_response> {
          ++asked;
          return http_response{.status = 401};
        }});
  auto peer = begin();
  EXPECT_EQ(ask(peer, "POST /closed HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"),
            answers{"401 "});
  auto other = at.connect();
  EXPECT_EQ(ask(other, post("/closed", "12345")), answers{"401 "});
  EXPECT_EQ(asked, 2);
}

// --- ends, in each phase ------------------------------------------------------------------------------------------

TEST_F(http_exchange_test, a_peer_that_goes_while_it_waits_takes_the_coroutine_along) {
  auto peer = begin();
  ask(peer, get("/later"));
  ASSERT_EQ(waiting, 1);
  peer.close();
  at.step();
  EXPECT_EQ(waiting, 0);
  EXPECT_EQ(cancelled, 1);
  EXPECT_EQ(at.connections(), 0U);
}

TEST_F(http_exchange_test, an_answer_that_comes_after_its_connection_goes_nowhere) {
  auto peer = begin();
  ask(peer, get("/later"));
  open_gate();
  one->abort();
  at.step();
  EXPECT_EQ(waiting, 0);
  EXPECT_EQ(peer.read(), "");
}

TEST_F(http_exchange_test, a_stop_lets_the_request_that_waits_be_answered_and_no_other) {
  auto peer = begin();
  ask(peer, get("/later") + get("/now/z"));
  at.worker().stop(clock::now() + 1h);
  at.step();
  EXPECT_EQ(peer.read(), "");
  EXPECT_FALSE(peer.has_ended());
  open_gate();
  at.step();
  EXPECT_EQ(answers_in(peer.read()), answers{"200 opened"});
  EXPECT_TRUE(peer.has_ended());
}

TEST_F(http_exchange_test, a_stop_ends_one_that_waits_for_nothing) {
  auto peer = begin();
  ask(peer, get("/now/a") + "GET /half");
  at.worker().stop(clock::now() + 1h);
  at.step();
  EXPECT_EQ(peer.read(), "");
  EXPECT_TRUE(peer.has_ended());
}

TEST_F(http_exchange_test, half_a_request_is_told_when_its_time_is_up_and_silence_is_not) {
  auto half = begin();
  ask(half, "GET /half");
  one->on_alarm(one->deadline());
  at.step();
  EXPECT_EQ(answers_in(half.read()), answers{"408 "});
  net::connection* other = nullptr;
  auto silent = at.connect(&other);
  ask(silent, get("/now/a"));
  other->on_alarm(other->deadline());
  at.step();
  EXPECT_EQ(silent.read(), "");
  EXPECT_TRUE(silent.has_ended());
}

TEST_F(http_exchange_test, no_deadline_runs_while_an_answer_is_waited_for) {
  auto peer = begin();
  EXPECT_TRUE(one->is_armed());
  ask(peer, get("/later"));
  EXPECT_FALSE(one->is_armed());
  open_gate();
  at.step();
  EXPECT_TRUE(one->is_armed());
}

// --- sessions -----------------------------------------------------------------------------------------------------

TEST_F(http_exchange_test, a_session_is_opened_polled_and_posted_to_on_one_connection) {
  auto peer = begin();
  const auto path = std::string{handshake_path} + "&sid=" + open_session(peer);
  EXPECT_EQ(ask(peer, post(path, "4hello")), answers{"200 ok"});
  EXPECT_EQ(ask(peer, get(path)), answers{});
  at.above.link->send(hub::frame::make("4answer"), false);
  at.step();
  EXPECT_EQ(answers_in(peer.read()), answers{"200 4answer"});
  EXPECT_EQ(at.above.heard, (answers{"open", "text hello"}));
}

TEST_F(http_exchange_test, a_post_that_breaks_off_ends_its_session) {
  auto peer = begin();
  const auto path = std::string{handshake_path} + "&sid=" + open_session(peer);
  ask(peer, "POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n4half");
  peer.close();
  at.step();
  EXPECT_EQ(at.above.heard, (answers{"open", "closed transport error"}));
}

TEST_F(http_exchange_test, a_post_that_takes_too_long_ends_its_session) {
  auto peer = begin();
  const auto path = std::string{handshake_path} + "&sid=" + open_session(peer);
  ask(peer, "POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n4half");
  one->on_alarm(one->deadline());
  at.step();
  EXPECT_EQ(answers_in(peer.read()), answers{"408 "});
  EXPECT_EQ(at.above.heard, (answers{"open", "closed transport error"}));
}

TEST_F(http_exchange_test, a_session_that_ends_while_its_post_arrives_leaves_the_request_to_be_answered) {
  auto peer = begin();
  const auto sid = open_session(peer);
  const auto path = std::string{handshake_path} + "&sid=" + sid;
  ask(peer, "POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\n4ha");
  at.worker().find(sid)->on_stop();
  EXPECT_EQ(ask(peer, "lf!"), answers{"200 ok"});
  EXPECT_EQ(at.above.heard, (answers{"open", "closed server shutting down"}));
}

TEST_F(http_exchange_test, who_is_refused_admission_opens_nothing) {
  at.shared().allow_request.now = [](const handshake& sent) -> admission {
    if (sent.url.find("welcome") != std::string::npos) return admit;
    return refuse("not you");
  };
  auto peer = begin();
  EXPECT_EQ(ask(peer, get(handshake_path)), answers{R"(403 {"code":4,"message":"not you"})"});
  EXPECT_EQ(ask(peer, get(std::string{handshake_path} + "&welcome")).at(0).substr(0, 5), "200 0");
  EXPECT_EQ(at.count(counter::sessions_refused), 1U);
  auto other = at.connect();
  EXPECT_EQ(ask(other, get(websocket_path, upgrade_fields)), answers{"400 not you"});
  EXPECT_TRUE(other.has_ended());
  EXPECT_EQ(at.above.heard, answers{"open"});
}

// --- upgrades -----------------------------------------------------------------------------------------------------

TEST_F(http_exchange_test, what_comes_behind_an_upgrade_is_the_websockets) {
  auto peer = begin();
  std::string all = get("/now/a") + get(websocket_path, upgrade_fields);
  websocket::append_masked_frame(all, websocket::opcode::text, "4hello", 0x12345678);
  peer.write(all);
  at.step();
  const auto got = peer.read();
  EXPECT_NE(got.find("HTTP/1.1 101 "), got.npos);
  EXPECT_EQ(at.above.heard, (answers{"open", "text hello"}));
}

TEST_F(http_exchange_test, an_upgrade_that_is_none_is_refused_and_ends_the_connection) {
  auto peer = begin();
  const auto got = ask(peer, get(websocket_path, "Connection: Upgrade\r\nUpgrade: websocket\r\n") + get("/now/z"));
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].substr(0, 3), "400");
  EXPECT_TRUE(peer.has_ended());
  EXPECT_EQ(at.above.heard, answers{});
}

TEST_F(http_exchange_test, a_peer_that_is_gone_before_its_101_opens_nothing_twice) {
  auto peer = begin();
  peer.write(get(websocket_path, upgrade_fields));
  peer.close();
  at.step();
  EXPECT_EQ(at.connections(), 0U);
  EXPECT_EQ(at.count(counter::sessions_opened), at.count(counter::sessions_closed));
}

TEST_F(http_exchange_test, a_hook_that_ends_the_session_refuses_its_upgrade) {
  auto peer = begin();
  const auto sid = open_session(peer);
  at.shared().engine_hooks.headers = [&](http_headers&, const http_request&) {
    if (auto* known = at.worker().find(sid)) known->on_stop();
  };
  auto other = at.connect();
  other.write(get(std::string{websocket_path} + "&sid=" + sid, upgrade_fields));
  at.step();
  const auto got = other.read();
  EXPECT_TRUE(got.starts_with("HTTP/1.1 101 "));
  EXPECT_TRUE(got.ends_with(std::string("\x88\0", 2))) << "a close frame";
  EXPECT_TRUE(other.has_ended());
}

// --- moving -------------------------------------------------------------------------------------------------------

class moving_exchange : public http_exchange_test {
 protected:
  moving_exchange() : http_exchange_test{2} {}
};

TEST_F(moving_exchange, goes_to_the_worker_of_its_session_with_all_that_is_behind) {
  auto peer = begin();
  const auto path = std::string{handshake_path} + "&sid=" + open_session(peer);
  net::connection* far = nullptr;
  auto other = at.connect(&far, 1);
  EXPECT_EQ(ask(other, get("/now/a") + post(path, "4one") + get("/now/b") + post(path, "4two")),
            (answers{"200 a", "200 ok", "200 b", "200 ok"}));
  EXPECT_EQ(&far->home(), &at.worker(0));
  EXPECT_EQ(at.above.heard, (answers{"open", "text one", "text two"}));
}

TEST_F(moving_exchange, goes_there_before_its_body_is_here) {
  auto peer = begin();
  const auto path = std::string{handshake_path} + "&sid=" + open_session(peer);
  auto other = at.connect(nullptr, 1);
  EXPECT_EQ(ask(other, "POST " + path + " HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"),
            answers{"100 "});
  EXPECT_EQ(ask(other, "4one"), answers{"200 ok"});
}

TEST_F(moving_exchange, an_upgrade_goes_there_with_the_frames_behind_it) {
  auto peer = begin();
  const auto sid = open_session(peer);
  net::connection* far = nullptr;
  auto other = at.connect(&far, 1);
  std::string all = get(std::string{websocket_path} + "&sid=" + sid, upgrade_fields);
  websocket::append_masked_frame(all, websocket::opcode::text, "2probe", 0x12345678);
  websocket::append_masked_frame(all, websocket::opcode::text, "5", 0x12345678);
  websocket::append_masked_frame(all, websocket::opcode::text, "4hello", 0x12345678);
  other.write(all);
  at.step();
  EXPECT_NE(other.read().find("3probe"), std::string::npos);
  EXPECT_EQ(&far->home(), &at.worker(0));
  EXPECT_EQ(at.above.heard, (answers{"open", "upgrade", "text hello"}));
}

TEST_F(moving_exchange, a_peer_that_goes_on_the_way_is_served_no_more) {
  auto peer = begin();
  const auto path = std::string{handshake_path} + "&sid=" + open_session(peer);
  auto other = at.connect(nullptr, 1);
  other.write(post(path, "4one"));
  other.close();
  at.step();
  EXPECT_EQ(at.connections(), 1U);
}

TEST_F(moving_exchange, to_a_worker_that_stops_meanwhile_ends_there) {
  auto peer = begin();
  const auto path = std::string{handshake_path} + "&sid=" + open_session(peer);
  net::connection* far = nullptr;
  auto other = at.connect(&far, 1);
  other.write("POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n");
  at.worker(0).stop(clock::now() + 1h);
  at.worker(1).stop(clock::now() + 1h);
  at.step();
  EXPECT_EQ(other.read(), "");
  EXPECT_TRUE(other.has_ended());
}

}  // namespace
}  // namespace encke::test
