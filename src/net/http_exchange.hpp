// SPDX-License-Identifier: MIT
// HTTP exchange: the requests of one connection, one at a time: Engine.IO handshakes, polls, posts and upgrades, the
// client's files, and plain routes. Keeps the time limits that slow senders run into.
// http_exchange.cpp is HTTP and routes; engine_requests.cpp is what Engine.IO asks over HTTP.
#pragma once

#include <encke/handshake.hpp>
#include <encke/http.hpp>
#include <encke/ledger.hpp>
#include <engineio/request.hpp>
#include <http/request_parser.hpp>
#include <http/response.hpp>
#include <memory>
#include <net/protocol.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <websocket/handshake.hpp>

namespace encke::net {

class connection;
class session;
struct route;
struct route_caller;

class http_exchange final : public protocol, public ledger::charged<ledger::purpose::connection> {
 public:
  explicit http_exchange(connection&);
  ~http_exchange();

  // --- for the session that this request belongs to ---
  [[nodiscard]] const connection& over() const { return connection_; }
  /// Answers the pending GET.
  void answer_polling(std::string_view payload, std::string_view content_type);
  /// Answers the GET that opened the session.
  void answer_handshake(std::string_view payload, bool jsonp, std::string_view sid);
  /// The session is over and will not call again.
  void forget_session() { session_ = nullptr; }
  /// Closes the connection at once.
  void drop();

  // --- protocol ---
  void on_bytes(std::span<char>) override;
  void on_end(bool failed) override;
  void on_deadline(time_point) override;
  void on_moved() override;
  void on_shutdown() override;
  [[nodiscard]] std::size_t held() const override;
  [[nodiscard]] std::size_t unfinished() const override { return parser_.held(); }
  [[nodiscard]] bool is_unclaimed() const override;
  void on_all_sent() override;

 private:
  /// What to do when the request is complete.
  enum class plan : std::uint8_t {
    answer_prepared,  ///< `prepared_` says it all
    open_session,
    poll,
    post,
    call_route,
  };

  /// How planning a request ended.
  enum class outcome : std::uint8_t {
    planned,
    not_mine,
    gone,  ///< the connection was upgraded, or will go on at another worker
  };

  void go_on();
  void process();
  [[nodiscard]] bool can_take_another() const;
  [[nodiscard]] outcome on_head();
  void expect_body();
  void on_complete();
  void on_error(http::error);
  void prepare(http::response);
  void prepare_status(unsigned status);
  void answer_status(unsigned status);
  [[nodiscard]] http::response refusal_of(http::response usual, std::string_view what) const;
  void answer(http::response);
  void finish_answer();
  [[nodiscard]] http::writing how_to_write() const;

  // plain routes
  void plan_plain();
  [[nodiscard]] std::optional<http_response> refused_by_route(const http_request&) const;
  void call_route();
  void start_route(task<http_response>);
  [[nodiscard]] http_request plain_request() const;
  void answer_plain(http_response);

  // Engine.IO
  [[nodiscard]] outcome plan_engine(std::string_view path);
  [[nodiscard]] outcome plan_engine_request();
  [[nodiscard]] outcome plan_session_request();
  [[nodiscard]] outcome shed_handshake();
  outcome refuse_engine(engineio::request_error, std::string_view message = {});
  [[nodiscard]] outcome refuse_upgrade(websocket::handshake_error);
  void open_session();
  [[nodiscard]] std::unique_ptr<session> make_session(handshake);
  [[nodiscard]] http::response head_of_poll() const;
  void poll();
  [[nodiscard]] outcome upgrade();
  [[nodiscard]] bool admit(handshake&);
  [[nodiscard]] handshake make_handshake();
  void answer_post();
  void refuse_posted();
  void add_cors(http::header_list&) const;
  [[nodiscard]] bool is_foreign() const;
  [[nodiscard]] outcome refuse_foreign();
  [[nodiscard]] http::header_list polling_headers(bool is_first = false) const;
  /// Shows the headers of an answer to the hooks.
  void ask_hooks(http::header_list&, bool is_first) const;
  void tell_refused(engineio::request_error, std::string_view message) const;

  connection& connection_;
  http::request_parser parser_;
  session* session_ = nullptr;  // of the request in progress
  const route* route_ = nullptr;
  std::vector<std::pair<std::string, std::string>> params_;
  engineio::request_info asked_;
  std::unique_ptr<http::response> prepared_;
  std::shared_ptr<route_caller> caller_;  // what a route's coroutine knows of this
  plan plan_ = plan::answer_prepared;
  bool admitted_ = false;  // to the route, before the body was here
  bool busy_ = false;      // a complete request waits for its answer
  bool processing_ = false;
  bool was_served_ = false;  // a request was answered before
  bool moving_ = false;      // on its way to the worker of its session
  bool is_engine_ = false;   // what is asked for is Engine.IO's
  bool keep_alive_ = true;
};

}  // namespace encke::net
