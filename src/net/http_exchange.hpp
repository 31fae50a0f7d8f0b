// SPDX-License-Identifier: MIT
// HTTP exchange: the requests of one connection, one at a time: Engine.IO handshakes, polls, posts and upgrades, the
// client's files, and plain routes. Keeps the time limits that slow senders run into.
// What is to be done for a request is found out from its head and written down as a plan; `begin` does what of it does
// not wait for the body, `on_complete` the rest. http_exchange.cpp is HTTP and routes; engine_requests.cpp is what
// Engine.IO asks over HTTP, engine_handshakes.cpp how sessions and WebSockets begin.
#pragma once

#include <encke/admission.hpp>
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
#include <utility>
#include <vector>
#include <websocket/deflate.hpp>
#include <websocket/handshake.hpp>

namespace encke::net {

class connection;
class session;
struct route;
struct caller_of_user;

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
  void forget_session() { plan_.of = nullptr; }
  /// Closes the connection at once.
  void abort();

  // --- protocol ---
  void on_bytes(std::span<char>) override;
  void on_end(bool failed) override;
  void on_deadline(time_point) override;
  void on_moved() override;
  void on_stop() override;
  [[nodiscard]] std::size_t held() const override;
  [[nodiscard]] std::size_t unfinished() const override { return parser_.held(); }
  [[nodiscard]] bool is_unclaimed() const override;
  void on_all_sent() override;

 private:
  /// Where the request of the moment is.
  enum class phase : std::uint8_t {
    reading,    ///< it is not complete, or there is none: what arrives is looked at
    answering,  ///< it waits for its answer, admission to a session included: what arrives is kept
    moving,     ///< it is on the way to the worker of its session, with its connection; what arrives is kept
    gone,       ///< it became a WebSocket: nothing is done any more
  };

  /// What is to be done for a request.
  struct plan {
    enum class step : std::uint8_t {
      answer,          ///< with what is in `answer`; nobody wants the body
      refuse_upgrade,  ///< for `why`, with the body of `answer` as a bare text, before any 101
      move,            ///< to `to_worker`, where the session is, and plan again there
      upgrade,         ///< to a WebSocket, of a new session or of one that polls
      open_session,    ///< by polling
      poll,
      post,
      call_route,
    };
    step what = step::answer;
    engineio::request_error why = engineio::request_error::bad_request;
    std::uint8_t to_worker = 0;
    bool of_engine = false;          ///< what is asked for is Engine.IO's
    bool ends_connection = false;    ///< once it is answered
    bool asked_before_body = false;  ///< the route lets it in
    session* of = nullptr;           ///< knows this exchange and wants to hear when it is gone
    const route* to_route = nullptr;
    std::vector<std::pair<std::string, std::string>> params{};  ///< of the route
    std::unique_ptr<http::response> answer{};
    std::size_t most_body = http::request_parser::default_body_limit;
  };

  /// What an upgrade was found to be worth.
  struct agreement {
    websocket::accept accepted;
    std::optional<websocket::deflate_agreement> deflate;
  };

  // reading
  void go_on();
  void process();
  [[nodiscard]] bool can_take_another() const;
  void on_head();
  void follow(plan);
  void begin();
  void expect_body();
  void begin_answering();
  void on_complete();
  void on_error(http::error);
  void tell_gone();

  // answering
  [[nodiscard]] static plan answer_with(http::response);
  [[nodiscard]] http::response refusal_of(http::response usual, std::string_view what) const;
  void answer(http::response);
  void finish_answer();
  [[nodiscard]] http::writing how_to_write() const;

  /// A coroutine of the user's goes on without this, and is cancelled.
  void abandon_caller();

  // plain routes
  [[nodiscard]] plan plan_plain();
  void begin_route();
  [[nodiscard]] std::optional<http_response> refused_by_route(const http_request&) const;
  void call_route();
  void start_route(task<http_response>);
  [[nodiscard]] http_request plain_request() const;
  void answer_plain(http_response);

  // Engine.IO: planning counts and tells hooks, and changes nothing else
  [[nodiscard]] std::optional<plan> plan_engine();
  [[nodiscard]] plan plan_engine_request();
  [[nodiscard]] plan plan_new_session();
  [[nodiscard]] plan plan_session_request();
  [[nodiscard]] plan refuse(engineio::request_error, std::string_view message = {}) const;
  [[nodiscard]] plan refuse_foreign() const;
  [[nodiscard]] http::response bare(unsigned status) const;
  void begin_post();
  void poll();
  void answer_post();
  [[nodiscard]] http::response head_of_poll() const;
  void add_cors(http::header_list&) const;
  [[nodiscard]] bool is_foreign() const;
  [[nodiscard]] http::header_list polling_headers(bool is_first = false) const;
  void ask_hooks(http::header_list&, bool is_first) const;
  void tell_refused(engineio::request_error, std::string_view message) const;

  // how sessions and WebSockets begin
  struct waiting_admission;
  void ask_admission(std::optional<agreement>);
  void wait_for_admission(handshake, std::optional<agreement>);
  void on_decided(waiting_admission&, const admission&);
  void give_up_admission();
  void on_admitted(handshake, std::optional<agreement>);
  void on_refused(const admission::refusal&);
  [[nodiscard]] handshake make_handshake();
  [[nodiscard]] std::unique_ptr<session> make_session(handshake);
  void upgrade();
  [[nodiscard]] result<agreement, websocket::handshake_error> agree() const;
  void switch_protocols(agreement, std::unique_ptr<session> begun);
  void hand_over(int deflate_window, std::unique_ptr<session> begun);
  void write_refusal(engineio::request_error, std::string_view message);

  connection& connection_;
  http::request_parser parser_;
  plan plan_;  // of the request of the moment
  engineio::request_info asked_;
  std::shared_ptr<caller_of_user> caller_;  // what a coroutine of the user's knows of this, a route's or a hook's
  phase phase_ = phase::reading;
  bool keep_alive_ = true;   // the connection goes on behind the next answer
  bool was_served_ = false;  // a request was answered before
};

}  // namespace encke::net
