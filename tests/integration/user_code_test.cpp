// SPDX-License-Identifier: MIT
// What users' code may do to a server: throw anything anywhere, and wait for ever.
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fstream>
#include <system_error>

#include "support/engine_client.hpp"
#include "support/server_fixture.hpp"

namespace encke::test {
namespace {

using namespace std::chrono_literals;

task<http_response> throws_before_it_waits(const http_request&) {
  throw 1;
}

TEST(user_code, routes_may_throw_anything) {
  server_fixture at;
  at.io().route("GET", "/now", [](const http_request&) -> http_response { throw 1; });
  at.io().route("GET", "/later", [](http_request) -> task<http_response> {
    throw 1;
    co_return http_response{};
  });
  at.io().route("GET", "/before", [](http_request r) { return throws_before_it_waits(r); });
  at.start();
  scripted_peer one{at.port()};
  EXPECT_EQ(one.request("GET", "/now").status, 500U);
  EXPECT_EQ(one.request("GET", "/later").status, 500U);
  EXPECT_EQ(one.request("GET", "/before").status, 500U);
  EXPECT_EQ(at.count(counter::handler_errors), 3U);
}

TEST(user_code, allow_request_may_throw_anything) {
  server_fixture at;
  at.io().allow_request([](handshake&) -> admission { throw 1; });
  at.start();
  scripted_peer one{at.port()};
  EXPECT_EQ(one.request("GET", "/socket.io/?EIO=4&transport=polling").status, 403U);
  EXPECT_EQ(at.count(counter::handler_errors), 1U);
}

// A coroutine of the first worker may be kept by another: by a question that was asked there.
TEST(user_code, coroutines_may_wait_for_other_workers_when_the_server_goes) {
  auto o = test_options();
  o.threads = 3;
  server_fixture at{o};
  at.io().route("GET", "/ask", [&](http_request) -> task<http_response> {
    boost::asio::steady_timer pause(co_await boost::asio::this_coro::executor, 300ms);
    co_await pause.async_wait(boost::asio::use_awaitable);  // now the other workers have stopped
    co_await at.root().everyone().fetch();
    co_return http_response{};
  });
  at.start();
  std::vector<std::unique_ptr<scripted_peer>> peers;
  for (int i = 0; i < 3; ++i) {
    peers.push_back(std::make_unique<scripted_peer>(at.port()));
    if (i == 0) peers.back()->send_request("GET", "/ask");
  }
  EXPECT_TRUE(at.reaches(counter::http_requests, 1));
  at.stop(700ms);
}

TEST(user_code, a_body_that_nobody_wants_is_not_waited_for) {
  server_fixture at;
  at.start();
  scripted_peer one{at.port()};
  one.send("POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(one.read_answer().status, 404U);
  EXPECT_TRUE(one.is_closed_by_server());
}

TEST(user_code, a_close_frame_goes_behind_the_message_that_is_being_sent) {
  server_fixture at;
  at.root().on("much", [](socket s) { s.emit("much", std::string(8'000'000, 'x')); });
  at.start();
  scripted_peer one{at.port(), 4096};
  ASSERT_EQ(one.upgrade("/socket.io/?EIO=4&transport=websocket").status, 101U);
  one.send_text("40");
  EXPECT_EQ(one.read_text().front(), '0');
  EXPECT_EQ(one.read_text().substr(0, 2), "40");
  one.send_text(R"(42["much"])");
  EXPECT_TRUE(at.reaches(counter::bytes_sent, 10'000));
  one.send_close(1000);
  EXPECT_TRUE(at.reaches(reason::transport_close, 1));
  EXPECT_GT(one.read_text().size(), 8'000'000U);
  EXPECT_EQ(one.read_text(), "closed 1000");
}

TEST(user_code, an_old_client_that_only_pings_is_not_answered_for_ever) {
  auto o = test_options();
  o.allow_eio3 = true;
  server_fixture at{o};
  at.start();
  engine_client one{at.port(), way{.by = carrier::polling, .eio = 3}};
  const auto before = ledger::snapshot()[ledger::purpose::outbox].bytes;
  std::vector<std::string> pings(1000, "2");
  for (int i = 0; i < 5; ++i) one.send_all(pings);
  EXPECT_LT(ledger::snapshot()[ledger::purpose::outbox].bytes, before + 4096);
}

TEST(user_code, hooks_of_memory_may_throw_anything) {
  auto o = test_options();
  o.threads = 2;
  std::atomic<int> asked{0};
  o.memory = {.limit = std::size_t{1} << 50,
              .used = [&]() -> std::size_t {
                if (asked++ < 3) throw 1;
                return 7;
              },
              .purge = [] { throw 1; },
              .interval = 10ms};
  server_fixture at{o};
  at.start();
  EXPECT_TRUE(eventually([&] { return at.io().memory().used == 7; }));
  EXPECT_EQ(at.count(counter::handler_errors), 3U);
  at.io().purge();
  EXPECT_TRUE(at.reaches(counter::handler_errors, 5));
}

TEST(user_code, may_wait_for_an_answer_as_long_as_it_likes) {
  server_fixture at;
  at.root().on_connect([](socket s) -> task<void> {
    const auto answered = co_await s.timeout(std::chrono::milliseconds::max()).emit_with_ack<int>("question");
    s.emit("got", answered ? *answered : -1);
  });
  at.start();
  engine_client one{at.port(), way{.by = carrier::websocket}};
  one.join();
  const auto question = one.receive_message();
  ASSERT_EQ(question.substr(0, 2), "42") << question;
  one.send("43" + question.substr(2, question.find('[') - 2) + "[5]");
  EXPECT_EQ(one.receive_message(), R"(42["got",5])");
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // their own memory is not to be limited
// Runs in a process that has room for the stack of one thread more, not of two.
[[noreturn]] void run_short_of_room(server& io) {
  std::size_t pages = 0, stack = 0;
  std::ifstream{"/proc/self/statm"} >> pages;
  pthread_attr_t usual;
  ::pthread_getattr_default_np(&usual);
  ::pthread_attr_getstacksize(&usual, &stack);
  const rlimit most{pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) + stack * 3 / 2, RLIM_INFINITY};
  ::setrlimit(RLIMIT_AS, &most);
  ::alarm(20);  // it may not wait for ever
  try {
    io.run();
  } catch (const std::system_error&) {
    ::_exit(7);
  }
  ::_exit(1);
}

TEST(user_code, is_told_when_there_are_no_threads_to_be_had) {
  auto o = test_options();
  o.threads = 4;
  server io{o};
  (void)io.listen({.address = "127.0.0.1"});
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // a new process: this one keeps the stacks of threads that ended
  EXPECT_EXIT(run_short_of_room(io), testing::ExitedWithCode(7), "");
}
#endif

}  // namespace
}  // namespace encke::test
