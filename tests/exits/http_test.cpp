// SPDX-License-Identifier: MIT
// Ways out: requests that are half sent, too large, too slow, pipelined and forgotten, and connections over the limit.
#include <sys/resource.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "exits/exit_support.hpp"

namespace encke::test {
namespace {

constexpr std::string_view handshake = "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\n\r\n";

class http_exit : public testing::Test {
 protected:
  exit_fixture at;
};

// Every cut of a handshake, each on a connection of its own; all but the whole one leave no session.
void cut_handshakes(exit_fixture& at, void (*leave)(scripted_peer&)) {
  at.serve();
  for (std::size_t size = 0; size < handshake.size(); size += 7) {
    scripted_peer peer{at.port()};
    ASSERT_TRUE(peer.send(handshake.substr(0, size)));
    leave(peer);
  }
  EXPECT_TRUE(at.server.reaches(counter::connections_closed, (handshake.size() + 6) / 7));
  EXPECT_EQ(at.server.count(counter::sessions_opened), 0U);
}

TEST_F(http_exit, handshake_half_sent_then_closed) {
  cut_handshakes(at, [](scripted_peer& peer) { peer.close(); });
}
TEST_F(http_exit, handshake_half_sent_then_reset) {
  cut_handshakes(at, [](scripted_peer& peer) { peer.reset(); });
}
TEST_F(http_exit, handshake_half_sent_then_half_closed) {
  cut_handshakes(at, [](scripted_peer& peer) {
    peer.half_close();
    EXPECT_TRUE(peer.is_closed_by_server());
  });
}

TEST_F(http_exit, nothing_sent) {
  at.serve();
  scripted_peer peer{at.port()};
  EXPECT_TRUE(at.server.reaches(counter::connections_accepted, 1));
}

TEST_F(http_exit, head_too_large) {
  at.serve();
  scripted_peer peer{at.port()};
  peer.send("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + std::string(20'000, 'x') + "\r\n\r\n");
  const auto answer = peer.read_answer();
  EXPECT_EQ(answer.status, 431U);
  EXPECT_NE(answer.body.find("16384 bytes (http_head)"), std::string::npos) << answer.body;
  EXPECT_TRUE(peer.is_closed_by_server());
}

TEST_F(http_exit, target_too_long) {
  at.serve();
  scripted_peer peer{at.port()};
  EXPECT_EQ(peer.request("GET", "/" + std::string(12'000, 'x')).status, 404U);  // as long as the whole head may be
  peer.send("GET /" + std::string(20'000, 'x') + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto answer = peer.read_answer();
  EXPECT_EQ(answer.status, 414U);
  EXPECT_NE(answer.body.find("16384 bytes (http_head)"), std::string::npos) << answer.body;
  EXPECT_TRUE(peer.is_closed_by_server());
}

TEST_F(http_exit, too_many_headers) {
  at.serve();
  scripted_peer peer{at.port()};
  std::string head = "GET / HTTP/1.1\r\nHost: localhost\r\n";
  for (int i = 0; i < 200; ++i) head += "X: y\r\n";
  peer.send(head + "\r\n");
  EXPECT_EQ(peer.read_answer().status, 431U);
  EXPECT_TRUE(peer.is_closed_by_server());
}

TEST_F(http_exit, not_http) {
  at.serve();
  scripted_peer peer{at.port()};
  peer.send("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03");
  EXPECT_EQ(peer.read_answer().status, 400U);
  EXPECT_TRUE(peer.is_closed_by_server());
}

TEST_F(http_exit, unknown_path) {
  at.serve();
  scripted_peer peer{at.port()};
  EXPECT_EQ(peer.request("GET", "/nowhere").status, 404U);
  EXPECT_EQ(peer.request("POST", "/nowhere", "with a body").status, 404U);
}

class slow_exit : public testing::Test {
 protected:
  static options slow() {
    auto o = exit_options();
    o.head_timeout = 150ms;
    o.body_timeout = 150ms;
    o.idle_timeout = 150ms;
    return o;
  }
  exit_fixture at{slow()};
};

TEST_F(slow_exit, head_that_never_comes) {
  at.serve();
  scripted_peer peer{at.port()};
  EXPECT_TRUE(peer.is_closed_by_server());
}

TEST_F(slow_exit, head_that_never_ends) {
  at.serve();
  scripted_peer peer{at.port()};
  peer.send("GET / HTTP/1.1\r\nHost: loc");
  EXPECT_EQ(peer.read_answer().status, 408U);
  EXPECT_TRUE(peer.is_closed_by_server());
  EXPECT_EQ(at.server.count(counter::http_errors), 1U);
}

TEST_F(slow_exit, head_byte_by_byte) {
  at.serve();
  scripted_peer peer{at.port()};
  std::size_t sent = 0;
  // Each byte alone would be in time; the whole head is not.
  const bool ended = eventually([&] { return !peer.send(handshake.substr(sent++ % 40, 1)); });
  EXPECT_TRUE(ended);
  EXPECT_EQ(at.server.count(counter::sessions_opened), 0U);
}

TEST_F(slow_exit, body_that_never_ends) {
  at.server.io().route("POST", "/echo", [](const http_request& r) { return http_response{.body = r.body}; });
  at.serve();
  scripted_peer peer{at.port()};
  peer.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nonly this");
  EXPECT_EQ(peer.read_answer().status, 408U);
  EXPECT_TRUE(peer.is_closed_by_server());
}

TEST_F(slow_exit, idle_between_requests) {
  at.serve();
  scripted_peer peer{at.port()};
  EXPECT_EQ(peer.request("GET", "/nowhere").status, 404U);
  EXPECT_TRUE(peer.is_closed_by_server());
}

TEST_F(slow_exit, post_that_never_ends_closes_its_session) {
  at.server.root().on_connect([](const socket&) {});
  at.serve();
  auto client = at.client();
  client.join();
  client.posts().send("POST " + client.target() + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n42[");
  EXPECT_EQ(client.posts().read_answer().status, 408U);
  EXPECT_TRUE(at.server.reaches(reason::transport_error, 1));
}

// --- pipelining ---------------------------------------------------------------------------------------------------

TEST_F(http_exit, pipelined_requests_then_gone) {
  at.server.io().route("GET", "/large",
                       [](const http_request&) { return http_response{.body = std::string(100'000, 'x')}; });
  at.serve();
  for (const bool reset : {false, true}) {
    scripted_peer peer{at.port()};
    std::string requests;
    for (int i = 0; i < 50; ++i) requests += "GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n";
    peer.send(requests);
    reset ? peer.reset() : peer.close();
  }
  EXPECT_TRUE(at.server.reaches(counter::connections_closed, 2));
}

TEST_F(http_exit, pipelined_requests_whose_answers_nobody_reads_wait_for_room) {
  at.server.io().route("GET", "/large",
                       [](const http_request&) { return http_response{.body = std::string(1'000'000, 'x')}; });
  at.serve();
  const auto held = [] { return ledger::snapshot()[ledger::purpose::response].bytes; };
  scripted_peer peer{at.port(), 4096};
  std::string requests;
  for (int i = 0; i < 1000; ++i) requests += "GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n";
  peer.send(requests);
  EXPECT_TRUE(at.server.reaches(counter::http_requests, 1));
  scripted_peer other{at.port()};
  EXPECT_EQ(other.request("GET", "/nowhere").status, 404U);  // by now the worker has done what it wanted to do
  EXPECT_LT(held(), 4'000'000);
  for (int i = 0; i < 10; ++i) ASSERT_EQ(peer.read_answer().body.size(), 1'000'000U);
}

TEST_F(http_exit, pipelined_requests_are_all_answered_in_order) {
  at.server.io().route("GET", "/{n}", [](const http_request& r) {
    return http_response{.body = std::string{r.param("n")} + std::string(10'000, '.')};
  });
  at.serve();
  scripted_peer peer{at.port()};
  std::string requests;
  for (int i = 0; i < 300; ++i) requests += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  peer.send(requests);
  for (int i = 0; i < 300; ++i)
    ASSERT_EQ(peer.read_answer().body.substr(0, std::to_string(i).size() + 1), std::to_string(i) + ".");
}

TEST_F(http_exit, gone_while_a_route_is_being_answered) {
  std::atomic<bool> entered = false, leave = false;
  at.server.io().route("GET", "/slow", [&](http_request) -> task<http_response> {
    entered = true;
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    while (!leave) {
      timer.expires_after(5ms);
      co_await timer.async_wait(boost::asio::use_awaitable);
    }
    co_return http_response{.body = "late"};
  });
  at.serve();
  scripted_peer peer{at.port()};
  peer.send_request("GET", "/slow");
  EXPECT_TRUE(eventually([&] { return entered.load(); }));
  peer.reset();
  EXPECT_TRUE(at.server.reaches(counter::connections_closed, 1));
  leave = true;
}

TEST_F(http_exit, gone_from_a_route_that_wants_to_be_told) {
  std::atomic<bool> entered = false, told = false;
  at.server.io().route("GET", "/slow", [&](http_request) -> task<http_response> {
    co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_total_cancellation());
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, 1h);
    entered = true;
    const auto [failed] = co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    told = failed == boost::asio::error::operation_aborted;
    co_return http_response{.body = "to nobody"};
  });
  at.serve();
  for (const bool orderly : {true, false}) {
    scripted_peer peer{at.port()};
    peer.send_request("GET", "/slow");
    EXPECT_TRUE(eventually([&] { return entered.exchange(false); }));
    EXPECT_FALSE(told);
    orderly ? peer.close() : peer.reset();
    EXPECT_TRUE(eventually([&] { return told.exchange(false); }));
  }
}

// --- bodies that nobody wants -------------------------------------------------------------------------------------

// The head of a request whose body does not come.
std::string promise_of(std::string_view method, std::string_view target,
                       std::string_view more = "Content-Length: 1000000") {
  return std::string{method} + " " + std::string{target} + " HTTP/1.1\r\nHost: a\r\n" + std::string{more} + "\r\n\r\n";
}

TEST_F(http_exit, a_body_that_nobody_wants_is_answered_before_it_comes) {
  at.server.io().route("POST", "/closed", [](const http_request&) { return http_response{}; },
                       {.max_body = 100, .refuse = [](const http_request& asked) -> std::optional<http_response> {
                          if (asked.header("Authorization") == "key") return std::nullopt;
                          return http_response{.status = 401};
                        }});
  at.serve();
  const std::pair<std::string, unsigned> cases[] = {
      {promise_of("POST", "/nowhere"), 404U},
      {promise_of("POST", "/nowhere", "Transfer-Encoding: chunked"), 404U},
      {promise_of("PUT", "/closed"), 405U},
      {promise_of("POST", "/closed"), 401U},
      {promise_of("POST", "/closed", "Content-Length: 50\r\nExpect: 100-continue"), 401U},
      {promise_of("POST", "/closed", "Content-Length: 101\r\nAuthorization: key"), 413U},
      {promise_of("POST", "/socket.io/?EIO=4&transport=polling&sid=none"), 400U},
      {promise_of("POST", "/socket.io/?EIO=4&transport=polling"), 400U},
      {promise_of("GET", "/socket.io/?EIO=4&transport=polling"), 413U},
  };
  for (const auto& [head, status] : cases) {
    scripted_peer peer{at.port()};
    peer.send(head);
    EXPECT_EQ(peer.read_answer().status, status) << head;
    EXPECT_EQ(ledger::snapshot()[ledger::purpose::request].bytes, 0) << head;
    EXPECT_TRUE(peer.is_closed_by_server()) << head;
  }
}

TEST_F(http_exit, a_short_body_that_came_with_its_head_ends_no_connection) {
  at.serve();
  scripted_peer peer{at.port()};
  EXPECT_EQ(peer.request("POST", "/nowhere", "short").status, 404U);
  EXPECT_EQ(peer.request("GET", "/nowhere").status, 404U);
}

TEST_F(http_exit, a_route_is_asked_once_whoever_comes) {
  std::atomic<int> asked = 0;
  at.server.io().route("POST", "/open", [](const http_request& request) { return http_response{.body = request.body}; },
                       {.refuse = [&](const http_request&) -> std::optional<http_response> {
                         ++asked;
                         return std::nullopt;
                       }});
  at.serve();
  scripted_peer peer{at.port()};
  EXPECT_EQ(peer.request("POST", "/open", "whole").body, "whole");
  peer.send(promise_of("POST", "/open", "Content-Length: 4\r\nExpect: 100-continue"));
  EXPECT_EQ(peer.read_answer().status, 100U);
  peer.send("half");
  EXPECT_EQ(peer.read_answer().body, "half");
  EXPECT_EQ(asked, 2);
}

// --- too many -----------------------------------------------------------------------------------------------------

TEST(max_connections, refuses_the_one_too_many_and_takes_another_when_one_has_left) {
  auto o = exit_options();
  o.max_connections = 2;
  exit_fixture at{o};
  at.serve();
  auto first = at.client();
  {
    scripted_peer second{at.port()};
    EXPECT_EQ(second.request("GET", "/nowhere").status, 404U);
    scripted_peer third{at.port()};
    EXPECT_TRUE(third.is_closed_by_server());
    EXPECT_EQ(at.server.count(counter::connections_refused), 1U);
  }
  EXPECT_TRUE(eventually([&] { return at.server.io().stats().connections == 1; }));
  EXPECT_EQ(scripted_peer{at.port()}.request("GET", "/nowhere").status, 404U);
}

// A server with an internal listener that answers /health.
struct watched_fixture : exit_fixture {
  explicit watched_fixture(options o) : exit_fixture{std::move(o)} {
    server.io().route("GET", "/health", [](const http_request&) { return http_response{.body = "well"}; },
                      {.internal = true});
    inside = server.io().listen({.address = "127.0.0.1", .internal = true});
  }
  [[nodiscard]] std::string health() const { return scripted_peer{inside}.request("GET", "/health").body; }

  std::uint16_t inside = 0;
};

TEST(max_connections, is_for_clients_and_not_for_who_watches_the_server) {
  auto o = exit_options();
  o.max_connections = 2;
  watched_fixture at{o};
  at.serve();
  const scripted_peer first{at.port()}, second{at.port()};
  scripted_peer third{at.port()};
  EXPECT_TRUE(third.is_closed_by_server());
  EXPECT_EQ(at.health(), "well");
}

TEST(max_connections, of_internal_listeners_is_one_of_their_own) {
  auto o = exit_options();
  o.max_internal_connections = 1;
  watched_fixture at{o};
  at.serve();
  const scripted_peer first{at.inside};
  ASSERT_TRUE(at.server.reaches(counter::connections_accepted, 1));
  scripted_peer second{at.inside};
  EXPECT_TRUE(second.is_closed_by_server());
  EXPECT_EQ(scripted_peer{at.port()}.request("GET", "/nowhere").status, 404U);
}

// Lowers the limit of the process for as long as it lives.
struct descriptor_limit {
  explicit descriptor_limit(rlim_t most) {
    ::getrlimit(RLIMIT_NOFILE, &before);
    const rlimit now{most, before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &now);
  }
  ~descriptor_limit() { ::setrlimit(RLIMIT_NOFILE, &before); }
  rlimit before{};
};

TEST(descriptors, are_left_to_who_watches_the_server_when_clients_took_theirs) {
  std::atomic<int> logged = 0;
  auto o = exit_options();
  o.log = [&](const log_record& record) {
    if (record.message != "connections refused") return;
    EXPECT_EQ(record.fields[0].second, "no file descriptors left");
    ++logged;
  };
  watched_fixture at{o};
  const descriptor_limit limit{200};
  at.serve();
  {
    std::vector<scripted_peer> idle;
    while (at.server.count(counter::descriptors_short) == 0 && idle.size() < 100) {
      const auto accepted = at.server.count(counter::connections_accepted);
      idle.emplace_back(at.port());
      ASSERT_TRUE(eventually([&] {
        return at.server.count(counter::connections_accepted) > accepted ||
               at.server.count(counter::descriptors_short) > 0;
      }));
    }
    EXPECT_LT(idle.size(), 100U);
    EXPECT_TRUE(idle.back().is_closed_by_server());
    EXPECT_EQ(at.health(), "well");
  }
  EXPECT_TRUE(eventually([&] { return at.server.io().stats().connections == 0; }));
  EXPECT_EQ(scripted_peer{at.port()}.request("GET", "/nowhere").status, 404U);
  EXPECT_EQ(logged, 1) << "in a minute";
}

}  // namespace
}  // namespace encke::test
