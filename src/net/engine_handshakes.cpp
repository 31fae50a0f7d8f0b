// SPDX-License-Identifier: MIT
// How sessions and WebSockets begin: a handshake is admitted, its session made, an upgrade agreed on and carried out.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <hub/socket_state.hpp>
#include <net/caller_of_user.hpp>
#include <net/connection.hpp>
#include <net/http_exchange.hpp>
#include <net/service.hpp>
#include <net/session.hpp>
#include <net/websocket_transport.hpp>
#include <net/worker.hpp>
#include <stdexcept>

namespace encke::net {

using engineio::request_error;

// --- admission ----------------------------------------------------------------------------------------------------

// A coroutine of allow_request, with what it decides about.
struct http_exchange::waiting_admission : caller_of_user {
  waiting_admission(http_exchange* of, handshake given, std::optional<agreement> way)
      : caller_of_user{of}, sent{std::move(given)}, by{std::move(way)} {}

  hub::kept_handshake sent;
  std::optional<agreement> by;
};

// From here to `on_admitted` or `on_refused` it is the hook's turn, in phase `answering`: no other request is taken.
void http_exchange::ask_admission(std::optional<agreement> by) {
  begin_answering();
  auto& home = connection_.home();
  auto sent = make_handshake();
  const auto& check = home.shared().allow_request;
  if (check.later) return wait_for_admission(std::move(sent), std::move(by));
  admission decided;
  try {
    if (check.now) decided = check.now(sent);
  } catch (...) {
    decided = encke::refuse("Internal error");
    home.note_exception("allow_request", std::current_exception());
  }
  if (!decided.is_admitted()) return on_refused(decided.why());
  on_admitted(std::move(sent), std::move(by));
}

void http_exchange::wait_for_admission(handshake sent, std::optional<agreement> by) {
  auto& home = connection_.home();
  connection_.set_deadline(after(home.now(), home.shared().options.head_timeout));
  const auto waiting =
      ledger::make_shared<waiting_admission, ledger::purpose::handshake>(this, std::move(sent), std::move(by));
  caller_ = waiting;
  auto on_done = [waiting, &home](const std::exception_ptr& thrown, const admission& decided) {
    // One that is closing sends what was written before, and takes no session.
    if (!waiting->exchange || waiting->exchange->connection_.is_doomed || waiting->exchange->connection_.is_closing())
      return;
    if (thrown) home.note_exception("allow_request", thrown);
    waiting->exchange->on_decided(*waiting, thrown ? encke::refuse("Internal error") : decided);
  };
  task<admission> running;
  try {
    running = home.shared().allow_request.later(waiting->sent.value);
  } catch (...) {
    return on_done(std::current_exception(), {});
  }
  boost::asio::co_spawn(home.executor(), std::move(running),
                        boost::asio::bind_cancellation_slot(waiting->gone.slot(), std::move(on_done)));
}

void http_exchange::on_decided(waiting_admission& waiting, const admission& decided) {
  const auto kept = std::exchange(caller_, nullptr);
  kept->exchange = nullptr;
  connection_.clear_deadline();
  if (!decided.is_admitted()) return on_refused(decided.why());
  if (connection_.home().shared().stopping.load(std::memory_order_relaxed))
    return on_refused({.message = "Server shutting down", .data = {}, .status = 503});
  on_admitted(std::move(waiting.sent.value), std::move(waiting.by));
}

void http_exchange::give_up_admission() {
  const auto late = std::make_exception_ptr(std::runtime_error{"no decision within head_timeout"});
  connection_.home().note_exception("allow_request", late);
  abandon_caller();
  on_refused({.message = "Admission timed out", .data = {}, .status = 503});
}

// `by`: as a WebSocket, else by polling.
void http_exchange::on_admitted(handshake sent, std::optional<agreement> by) {
  if (!by && parser_.message().method == "HEAD") return answer(head_of_poll());
  auto made = make_session(std::move(sent));
  if (!made) {
    if (by) keep_alive_ = false;
    return answer(bare(500));
  }
  if (by) return switch_protocols(std::move(*by), std::move(made));
  connection_.home().add(std::move(made)).open_polling(*this);
}

void http_exchange::on_refused(const admission::refusal& why) {
  connection_.home().count(counter::sessions_refused);
  tell_refused(request_error::forbidden, why.message);
  const bool is_plain = why.status == 403 && why.headers.empty() && why.body.empty();
  if (asked_.upgrade && is_plain)  // nothing of the hook's own but the message
    return write_refusal(request_error::forbidden, why.message);
  http::response refusal;
  if (why.body.empty()) refusal = engineio::error_response(request_error::forbidden, why.message);
  refusal.status = why.status;
  refusal.headers = why.headers;
  if (!why.body.empty()) {
    refusal.content_type = "application/json";
    refusal.body = why.body;
  }
  add_cors(refusal.headers);
  if (asked_.upgrade) keep_alive_ = false;
  answer(std::move(refusal));
}

// --- the session --------------------------------------------------------------------------------------------------

handshake http_exchange::make_handshake() {
  const auto& request = parser_.message();
  handshake sent{.address = connection_.peer().to_string(),
                 .url = std::string{request.target},
                 .headers = {},
                 .query = {},
                 .auth = {},
                 .issued = std::chrono::system_clock::now(),
                 .protocol = asked_.rev == engineio::revision::v3 ? 3U : 4U,
                 .transport = asked_.to,
                 .secure = connection_.is_secure(),
                 .foreign = is_foreign(),
                 .identity = {}};
  sent.query = std::move(asked_.query).take();
  sent.headers.reserve(request.headers.size());
  for (const auto& header : request.headers) sent.headers.emplace_back(header.name, header.value);
  return sent;
}

// Null: what is above it could not be made, for a user's parser threw.
std::unique_ptr<session> http_exchange::make_session(handshake sent) {
  auto& home = connection_.home();
  try {
    return std::make_unique<session>(home,
                                     opening{asked_, std::move(sent), connection_.peer(), connection_.is_secure()});
  } catch (...) {
    home.note_exception("parser", std::current_exception());
    return nullptr;
  }
}

// --- the WebSocket ------------------------------------------------------------------------------------------------

void http_exchange::upgrade() {
  auto agreed = agree();
  if (!agreed) {
    std::string refusal;
    websocket::append_refusal(refusal, agreed.error(), connection_.home().date());
    connection_.write(refusal);
    return connection_.close();
  }
  if (asked_.sid.empty()) return ask_admission(std::move(*agreed));
  switch_protocols(std::move(*agreed), nullptr);
}

result<http_exchange::agreement, websocket::handshake_error> http_exchange::agree() const {
  const auto& request = parser_.message();
  auto accepted = websocket::check(request);
  if (!accepted) return accepted.error();
  if (parser_.has_body()) return websocket::handshake_error::no_upgrade;
  agreement made{std::move(*accepted), std::nullopt};
  if (const auto& ours = connection_.home().shared().deflate) {
    auto deflate = websocket::agree_on_deflate(request.list_in("Sec-WebSocket-Extensions"), *ours);
    if (!deflate) return deflate.error();
    made.deflate = std::move(*deflate);
  }
  return made;
}

// `begun`: the session that begins with it; null for one that polls.
void http_exchange::switch_protocols(agreement by, std::unique_ptr<session> begun) {
  http::header_list extra;
  add_cors(extra);
  if (by.deflate) extra.emplace_back("Sec-WebSocket-Extensions", std::move(by.deflate->answer));
  ask_hooks(extra, begun != nullptr);
  std::string switching;
  websocket::append_switching_protocols(switching, by.accepted, extra, connection_.home().date());
  phase_ = phase::gone;  // whatever is behind this request is no HTTP
  connection_.write(switching);
  // By itself: there are clients that drop what they read together with the 101.
  connection_.flush();
  if (!connection_.is_doomed) hand_over(by.deflate ? by.deflate->window_bits : 0, std::move(begun));
}

void http_exchange::hand_over(int deflate_window, std::unique_ptr<session> begun) {
  auto& home = connection_.home();
  auto made = std::make_unique<websocket_transport>(connection_, deflate_window);
  auto& transport = *made;
  if (begun) {
    auto& opened = home.add(std::move(begun));
    transport.serve(opened);
    connection_.become(std::move(made));
    opened.open_websocket(transport);
  } else {
    auto* known = home.find(asked_.sid);
    const bool probing = known && known->on_probe(transport, asked_.base64);  // a hook may have ended it
    if (probing) transport.serve(*known);
    connection_.become(std::move(made));
    if (!probing) transport.close();
  }
  auto unread = parser_.take_unread();
  if (!unread.empty()) transport.on_bytes(unread);
}

void http_exchange::write_refusal(request_error why, std::string_view message) {
  std::string bytes;
  engineio::append_upgrade_error(bytes, why, message, connection_.home().date());
  connection_.write(bytes);
  connection_.close();
}

}  // namespace encke::net
