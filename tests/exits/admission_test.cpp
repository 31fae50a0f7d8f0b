// SPDX-License-Identifier: MIT
// Ways out while allow_request, a coroutine, has not decided: it decides, throws, or takes too long; the client goes,
// the server stops.
#include <atomic>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>

#include "exits/exit_support.hpp"

namespace encke::test {
namespace {

namespace asio = boost::asio;

// Where clients wait until the test decides about them, one at a time. Lives as long as somebody waits.
class waiting_room : public std::enable_shared_from_this<waiting_room> {
 public:
  [[nodiscard]] std::function<task<admission>(handshake&)> hook() {
    return [self = shared_from_this()](handshake& sent) { return wait(self, sent); };
  }
  /// Does not want to know that a client is gone.
  void be_stubborn() { stubborn_ = true; }
  [[nodiscard]] bool is_occupied() const {
    return eventually([this] { return came_ > 0; });
  }
  [[nodiscard]] bool is_left() const {
    return eventually([this] { return left_ == came_; });
  }
  [[nodiscard]] bool was_cancelled() const { return cancelled_; }
  void decide(std::function<admission()> decision) {
    asio::post(executor_, [this, decision = std::move(decision)] {
      decision_ = decision;
      until_->cancel();
    });
  }

 private:
  struct visit {
    explicit visit(waiting_room& of) : room{of} {}
    ~visit() { ++room.left_; }
    waiting_room& room;
  };

  static task<admission> wait(std::shared_ptr<waiting_room> room, handshake& sent) {
    const visit here{*room};
    room->executor_ = co_await asio::this_coro::executor;
    if (!room->stubborn_) co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    asio::steady_timer until{room->executor_, asio::steady_timer::time_point::max()};
    room->until_ = &until;
    ++room->came_;
    boost::system::error_code woken;
    co_await until.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    const auto state = co_await asio::this_coro::cancellation_state;
    room->cancelled_ = state.cancelled() != asio::cancellation_type::none;
    sent.identity = sent.address;  // it is still there
    co_return room->decision_ ? room->decision_() : admit;
  }

  asio::any_io_executor executor_;
  asio::steady_timer* until_ = nullptr;
  std::function<admission()> decision_;
  std::atomic<int> came_{0}, left_{0};
  std::atomic<bool> cancelled_{false};
  bool stubborn_ = false;
};

class admission_exit : public exit_test {
 protected:
  admission_exit() : exit_test{quick()} {}
  static options quick() {
    auto o = exit_options();
    o.head_timeout = 1500ms;
    return o;
  }
  void serve_waiting() {
    server().io().allow_request(room->hook());
    serve();
  }
  [[nodiscard]] bool is_websocket() const { return GetParam().by == carrier::websocket; }
  // A handshake that has been sent, and whose client waits.
  std::unique_ptr<scripted_peer> asking() {
    auto peer = std::make_unique<scripted_peer>(at.port());
    const auto target = "/socket.io/?EIO=" + std::to_string(GetParam().eio) +
                        "&transport=" + (is_websocket() ? "websocket" : "polling");
    peer->send_request("GET", target, {}, is_websocket() ? scripted_peer::upgrade_headers : std::string_view{});
    EXPECT_TRUE(room->is_occupied());
    return peer;
  }
  // Neither the hook nor the server holds anything of it.
  void expect_gone() {
    EXPECT_TRUE(room->is_left());
    EXPECT_EQ(server().io().stats().sessions, 0U);
  }

  std::shared_ptr<waiting_room> room = std::make_shared<waiting_room>();
};

TEST_P(admission_exit, admitted) {
  server().root().on_connect(
      [](const socket& s) { s.emit("you", std::any_cast<std::string>(s.handshake().identity)); });
  serve_waiting();
  auto opening = std::async(std::launch::async, [this] {
    auto one = client();
    one.join();
    return one.receive_message();
  });
  EXPECT_TRUE(room->is_occupied());
  EXPECT_EQ(server().io().stats().sessions, 0U);
  room->decide([] { return admit; });
  EXPECT_EQ(opening.get(), R"(42["you","127.0.0.1"])");
  EXPECT_TRUE(room->is_left());
  EXPECT_FALSE(room->was_cancelled());
}
TEST_P(admission_exit, refused) {
  serve_waiting();
  auto peer = asking();
  room->decide([] { return refuse("not you"); });
  const auto answer = peer->read_answer();
  EXPECT_EQ(answer.status, is_websocket() ? 400U : 403U);
  EXPECT_NE(answer.body.find("not you"), std::string::npos) << answer.body;
  EXPECT_EQ(server().count(counter::sessions_refused), 1U);
  expect_gone();
}
TEST_P(admission_exit, refused_with_an_answer_of_its_own) {
  serve_waiting();
  auto peer = asking();
  room->decide([] {
    return admission{{.message = "who?", .data = {}, .status = 401, .headers = {{"WWW-Authenticate", "Bearer"}}}};
  });
  const auto answer = peer->read_answer();
  EXPECT_EQ(answer.status, 401U);
  EXPECT_EQ(answer.header("www-authenticate"), "Bearer");
  expect_gone();
}
TEST_P(admission_exit, thrown_at) {
  serve_waiting();
  auto peer = asking();
  room->decide([]() -> admission { throw std::runtime_error{"no database"}; });
  const auto answer = peer->read_answer();
  EXPECT_EQ(answer.status, is_websocket() ? 400U : 403U);
  EXPECT_NE(answer.body.find("Internal error"), std::string::npos) << answer.body;
  EXPECT_EQ(server().count(counter::handler_errors), 1U);
  expect_gone();
}
TEST_P(admission_exit, decided_too_late) {
  serve_waiting();
  auto peer = asking();
  EXPECT_EQ(peer->read_answer().status, 503U);
  EXPECT_EQ(server().count(counter::handler_errors), 1U);
  EXPECT_EQ(server().count(counter::sessions_refused), 1U);
  expect_gone();
  EXPECT_TRUE(room->was_cancelled());
}
TEST_P(admission_exit, decided_after_it_was_given_up) {
  room->be_stubborn();
  serve_waiting();
  auto peer = asking();
  EXPECT_EQ(peer->read_answer().status, 503U);
  room->decide([] { return admit; });
  expect_gone();
  EXPECT_EQ(server().count(counter::sessions_opened), 0U);
}
TEST_P(admission_exit, left_by_the_client) {
  serve_waiting();
  asking()->close();
  expect_gone();
  EXPECT_TRUE(room->was_cancelled());
  EXPECT_EQ(server().count(counter::handler_errors), 0U);
}
TEST_P(admission_exit, reset_by_the_client) {
  serve_waiting();
  asking()->reset();
  expect_gone();
  EXPECT_TRUE(room->was_cancelled());
}
TEST_P(admission_exit, decided_after_the_client_has_left) {
  room->be_stubborn();
  serve_waiting();
  asking()->reset();
  EXPECT_TRUE(eventually([this] { return server().io().stats().connections == 0; }));
  room->decide([] { return admit; });
  expect_gone();
  EXPECT_EQ(server().count(counter::sessions_opened), 0U);
}
TEST_P(admission_exit, admitted_while_the_server_stops) {
  serve_waiting();
  auto peer = asking();
  server().io().stop(10s);
  room->decide([] { return admit; });
  EXPECT_EQ(peer->read_answer().status, 503U);
  EXPECT_EQ(server().count(counter::sessions_opened), 0U);
}
// What the coroutine holds goes with the server.
TEST_P(admission_exit, cut_by_the_end_of_the_server) {
  server().io().allow_request(room->hook());
  server().start();
  auto peer = asking();
  server().stop(0ms);
  EXPECT_EQ(peer->read_answer().status, 0U);
}
TEST_P(admission_exit, with_more_behind_it) {
  serve_waiting();
  auto peer = asking();
  peer->send("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n");
  room->decide([] { return admission{{.message = "later", .data = {}, .status = 429, .headers = {}, .body = "{}"}}; });
  EXPECT_EQ(peer->read_answer().status, 429U);
  EXPECT_EQ(peer->read_answer().status, is_websocket() ? 0U : 404U);
  expect_gone();
}

INSTANTIATE_TEST_SUITE_P(by, admission_exit, testing::ValuesIn(every_way), name_of);

}  // namespace
}  // namespace encke::test
