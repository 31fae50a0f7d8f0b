// SPDX-License-Identifier: MIT
#include <algorithm>
#include <base/prefetch.hpp>
#include <base/random.hpp>
#include <boost/json/parse.hpp>
#include <encke/admission.hpp>
#include <http/query.hpp>
#include <hub/client.hpp>
#include <hub/dispatch.hpp>
#include <hub/shard.hpp>
#include <hub/translator.hpp>
#include <hub/value.hpp>
#include <socketio/encoder.hpp>

namespace encke::hub {

using socketio::packet_type;

namespace {
constexpr std::size_t logged_length = 8;  // of an id
}  // namespace

client::client(shard& home, hub::link& to, socketio::dialect spoken, handshake opened)
    : home_{home},
      link_{to},
      decoder_{spoken, home.owner().with().packets},
      opened_{new kept_handshake{std::move(opened)}} {}

client::~client() = default;

void client::on_open() {
  if (dialect() == socketio::dialect::v5) return;
  if (auto* root = home_.owner().find("/")) open_socket(*root, opened_);
}

void client::on_text(std::string_view message) {
  take(decoder_.feed_text(message));
}

void client::on_binary(std::string_view message) {
  take(decoder_.feed_binary(message));
}

void client::warm() const {
  if (!sockets_.empty()) prefetch(sockets_.front().get());
}

std::size_t client::held() const {
  auto sum = ledger::set_aside(sizeof *this) + decoder_.held();
  if (opened_) sum += opened_->held();
  if (sockets_.capacity() > 1) sum += ledger::set_aside(sockets_.capacity() * sizeof(socket_ptr));
  for (const auto& one : sockets_) sum += one->held() - (one->opened && one->opened == opened_ ? opened_->held() : 0);
  return sum;
}

void client::take(result<std::optional<socketio::packet>, socketio::error> decoded) {
  if (decoded) {
    if (*decoded) on_packet(**decoded);
    return;
  }
  home_.env().count(counter::packets_invalid);
  home_.owner().log(log_level::debug, "invalid packet",
                    {{"session", logged_sid()}, {"error", to_string(decoded.error())}});
  close_session(reason::forced_close);
}

void client::on_packet(const socketio::packet& received) {
  switch (received.type) {
    case packet_type::connect: return on_connect(received);
    case packet_type::event:
    case packet_type::binary_event: return on_event(received);
    case packet_type::ack:
    case packet_type::binary_ack: return on_ack(received);
    case packet_type::disconnect: return on_disconnect(received);
    case packet_type::connect_error: return close_for_bad_state("CONNECT_ERROR from a client");
  }
}

// --- joining a namespace ------------------------------------------------------------------------------------------

void client::on_connect(const socketio::packet& received) {
  if (find(received.nsp)) {
    // Socket.IO protocol v5: a second CONNECT is an invalid state. Clients of v4 repeat theirs; once is enough.
    if (dialect() == socketio::dialect::v5) close_for_bad_state("CONNECT to a namespace that was joined");
    return;
  }
  auto& all = home_.owner();
  nsp_ptr nsp{all.find(received.nsp)};
  if (!nsp && !all.spaces().has_parents()) return turn_away(received.nsp, "Invalid namespace");
  if (sockets_.size() >= all.with().max_namespaces) return turn_away(received.nsp, "Too many namespaces");
  // What let it in the first time is gone: a client that left wants to come back, and has to open another session.
  if (!opened_) return close_session(reason::forced_server_close);
  auto sent = handshake_with_auth(received);
  if (!nsp) nsp = find_child(home_, received.nsp, sent->value);
  if (!nsp) return turn_away(received.nsp, "Invalid namespace");
  open_socket(*nsp, std::move(sent));
}

void client::turn_away(std::string_view nsp, std::string_view why) {
  home_.env().count(counter::sockets_refused);
  refuse(nsp, why);
}

handshake_ptr client::handshake_with_auth(const socketio::packet& received) {
  boost::json::object auth;
  if (dialect() == socketio::dialect::v4) {
    for (const auto& [name, value] : http::query{received.nsp_query}) auth[name] = value;
  } else if (!received.json.empty()) {
    auto parsed = parse_json(received.json);
    if (parsed && parsed->is_object()) auth = std::move(parsed->get_object());
  }
  if (auth.empty()) return opened_;
  auto copy = opened_->value;
  copy.auth = std::move(auth);
  return handshake_ptr{new kept_handshake{std::move(copy)}};
}

void client::open_socket(nsp_core& nsp, handshake_ptr opened) {
  socket_ptr made{new socket_state{id_in(nsp), nsp, home_, *this}};
  made->opened = std::move(opened);
  sockets_.push_back(made);
  run_middleware(std::move(made));
}

// Socket.IO protocol v4: clients compute their ids from the session's; v5: a fresh one that tells nothing about it and
// cannot be taken for one.
std::string client::id_in(const nsp_core& nsp) const {
  if (dialect() == socketio::dialect::v5) return random::id(random::no_worker);
  if (nsp.name() == "/") return std::string{link_.sid()};
  return nsp.name() + "#" + std::string{link_.sid()};
}

void client::on_admission(const socket_ptr& socket, const admission& decided) {
  const auto& nsp = socket->nsp;
  if (!decided.is_admitted()) {
    home_.env().count(counter::sockets_refused);
    const auto& why = decided.why();
    forget(socket);
    detach(*socket);
    return refuse(nsp.name(), why.message, why.data.is_null() ? std::string{} : write_json(why.data));
  }
  home_.env().count(counter::sockets_connected);
  socket->state = socket_state::phase::connected;
  home_.add(*socket);
  std::string text{"4"};
  socketio::append_connect(text, dialect(), nsp.name(), socket->id);
  send_text(packet::kind::connect, nsp.name(), text);
  link_.on_joined();
  call_connect_handlers(socket);
  if (!home_.owner().with().keep_handshake) drop_handshake(*socket);
}

// Where another namespace may be joined later, its middleware will ask who this is.
void client::drop_handshake(socket_state& joined) {
  joined.opened.reset();
  if (!opened_) return;
  if (home_.owner().has_several()) return opened_->slim();
  opened_.reset();
}

void client::refuse(std::string_view nsp, std::string_view message, std::string_view data_json) {
  std::string text{"4"};
  socketio::append_connect_error(text, dialect(), nsp, message, data_json);
  send_text(packet::kind::connect_error, nsp, text);
}

// --- packets of a joined namespace --------------------------------------------------------------------------------

void client::on_event(const socketio::packet& received) {
  auto* socket = find(received.nsp);
  if (!socket || !socket->is_connected()) {
    if (dialect() == socketio::dialect::v5) close_for_bad_state("event for a namespace that was not joined");
    return;
  }
  call_event_handler(*socket, received);
}

void client::on_ack(const socketio::packet& received) {
  auto* socket = find(received.nsp);
  if (!socket) {
    if (dialect() == socketio::dialect::v5) close_for_bad_state("ack for a namespace that was not joined");
    return;
  }
  if (received.id) home_.pending().on_ack(*socket, *received.id, received.args, received.attachments);
}

void client::on_disconnect(const socketio::packet& received) {
  auto* socket = find(received.nsp);
  if (!socket || !socket->is_connected()) {
    if (dialect() == socketio::dialect::v5) close_for_bad_state("DISCONNECT from a namespace that was not joined");
    return;
  }
  leave(socket_ptr{socket}, reason::client_namespace_disconnect);
}

void client::close_for_bad_state(std::string_view what) {
  home_.env().count(counter::packets_invalid);
  home_.owner().log(log_level::debug, "invalid state", {{"session", logged_sid()}, {"error", what}});
  close_session(reason::forced_server_close);
}

// --- leaving ------------------------------------------------------------------------------------------------------

void client::disconnect(socket_state& one, bool close) {
  const auto say = [this](const socket_state& socket) {
    std::string text{"4"};
    socketio::append_disconnect(text, socket.nsp.name());
    send_text(packet::kind::disconnect, socket.nsp.name(), text);
  };
  if (!close) {
    if (one.state == socket_state::phase::gone) return;  // it is leaving: a handler of that is who asks
    say(one);
    return leave(socket_ptr{&one}, reason::server_namespace_disconnect);
  }
  for (const auto& socket : here()) say(*socket);
  leave_all(reason::server_namespace_disconnect);
  close_session(reason::server_namespace_disconnect);
}

std::vector<socket_ptr> client::here() const {
  return {sockets_.begin(), sockets_.end()};
}

void client::on_upgrade() {
  for (const auto& socket : here())
    if (socket->is_connected()) call_upgrade_handlers(socket);
}

void client::on_closed(reason why) {
  decoder_.stop();
  leave_all(why);
}

void client::leave_all(reason why) {
  while (!sockets_.empty()) leave(sockets_.back(), why);
}

void client::forget(const socket_ptr& socket) {
  const auto found = std::find(sockets_.begin(), sockets_.end(), socket);
  if (found != sockets_.end()) sockets_.erase(found);
}

void client::leave(socket_ptr socket, reason why) {
  const bool was_connected = socket->is_connected();
  forget(socket);
  socket->state = socket_state::phase::gone;
  if (was_connected) {
    home_.env().count(why);
    const auto& nsp = socket->nsp.registered();
    call_disconnect_handlers(socket, nsp.disconnecting_handlers, why);
    home_.remove(*socket);
    call_disconnect_handlers(socket, nsp.disconnect_handlers, why);
  }
  detach(*socket);
}

// A handle may outlive the socket, on any thread: what is left in the state then is plain memory.
void client::detach(socket_state& socket) {
  socket.state = socket_state::phase::gone;
  socket.owner = nullptr;
  home_.pending().on_left(socket);
  socket.data.reset();
  socket.opened.reset();
}

// --- small things -------------------------------------------------------------------------------------------------

socket_state* client::find(std::string_view nsp) const {
  for (const auto& socket : sockets_)
    if (socket->nsp.name() == nsp) return socket.get();
  return nullptr;
}

// A session's id is a bearer secret, and older clients' sockets have the same: its beginning is enough to tell lines of
// a log apart.
std::string_view client::logged_sid() const {
  return link_.sid().substr(0, logged_length);
}

std::string client::names() const {
  std::string all;
  for (const auto& socket : sockets_) {
    const auto id = std::string_view{socket->id}.substr(0, logged_length);
    all.append(all.empty() ? "" : ",").append(id);
  }
  return all;
}

// What was sent before goes out before.
void client::close_session(reason why) {
  home_.deliver_pending();
  link_.close(why);
}

void client::send_text(packet::kind type, std::string_view nsp, const std::string& engine_text) {
  home_.deliver_pending();
  const auto& with = home_.owner().with();
  if (!with.parser) {
    link_.send(frame::make(engine_text), false);
    return;
  }
  const auto head = 2 + (nsp == "/" ? 0 : nsp.size() + 1);  // the two digits, and the namespace with its comma
  try {
    const packet said{type, std::string{nsp}, std::nullopt, engine_text.substr(head), {}};
    link_.send(translated(*with.parser, said), false);
  } catch (...) {
    note_thrown(home_.owner(), "parser", std::current_exception());
    link_.close(reason::forced_server_close);
  }
}

}  // namespace encke::hub
