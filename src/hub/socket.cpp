// SPDX-License-Identifier: MIT
// The public handle to a socket. What changes the socket happens on its worker: at once if that is the calling thread,
// posted otherwise, so that calls of one thread keep their order.
#include <encke/socket.hpp>

#include <hub/ask.hpp>
#include <hub/client.hpp>
#include <hub/shard.hpp>
#include <stdexcept>

namespace encke {

std::string_view socket::id() const {
  return state_ ? std::string_view{state_->id} : std::string_view{};
}
std::string_view socket::nsp() const {
  return state_ ? std::string_view{state_->nsp.name()} : std::string_view{};
}
std::string_view socket::transport() const {
  if (!state_ || !state_->owner) return {};
  return to_string(state_->owner->link().facts().transport);
}
socket_info socket::info() const {
  if (!state_ || !state_->owner) {
    socket_info nothing;
    nothing.handle = *this;
    nothing.id = id();
    return nothing;
  }
  const auto& link = state_->owner->link();
  const auto facts = link.facts();
  return {*this,          std::string{id()}, rooms(),      facts.address, facts.transport,
          facts.protocol, facts.secure,      facts.opened, link.weight()};
}
bool socket::is_connected() const {
  return state_ && state_->is_connected();
}

const handshake& socket::handshake() const {
  static const encke::handshake nothing;
  return state_ && state_->opened ? state_->opened->value : nothing;
}

void socket::set_identity(std::any identity) const {
  if (!state_ || !state_->opened) return;
  if (state_->opened->holders.is_shared()) {  // shared with the client's other sockets: this one knows more now
    auto own = state_->opened->value;
    state_->opened = new hub::kept_handshake{std::move(own)};
  }
  state_->opened->value.identity = std::move(identity);
}

std::unique_ptr<detail::data_holder>& socket::data_slot() const {
  if (!state_) throw std::logic_error{"data of a handle to nobody"};
  return state_->data;
}

void socket::wrong_data_type() {
  throw std::logic_error{"a socket holds data of one type only"};
}

void socket::join(std::string_view room) const {
  if (!state_) return;
  state_->home.run([state = state_, name = std::string{room}] {
    if (state->is_connected()) state->home.in(state->nsp).join(*state, name);
  });
}

void socket::leave(std::string_view room) const {
  if (!state_) return;
  state_->home.run([state = state_, name = std::string{room}] { state->home.in(state->nsp).leave(*state, name); });
}

std::vector<std::string> socket::rooms() const {
  std::vector<std::string> names;
  if (!state_) return names;
  for (const auto& [room, place] : state_->rooms) names.emplace_back(room->name);
  return names;
}

void socket::send(std::string_view event, arguments list, const emit_flags& flags) const {
  hub::check_event_name(event);
  if (!state_) return;
  const auto& nsp = state_->nsp;
  hub::show_outgoing(nsp, event, list, id(), {});
  const auto& with = nsp.owner().with();
  if (flags == emit_flags{} && with.labels.are_plain() && !with.parser)
    return hub::shard::send(state_, hub::pieces_of(socketio::packet_type::event, nsp, std::nullopt, list), list);
  auto what = hub::encode_event(nsp, {}, event, std::nullopt, list, flags);
  state_->home.run(
      [state = state_, what = std::move(what), lossy = flags.lossy] { hub::shard::send(*state, what, lossy); });
}

socket_sender socket::lossy() const {
  return {*this, {.lossy = true}};
}
socket_sender socket::latest(std::string_view key) const {
  return {*this, {.latest = std::string{key}}};
}
socket_sender socket::compress(bool wanted) const {
  return {*this, {.compress = wanted}};
}

socket_sender socket_sender::lossy() const {
  auto copy = *this;
  copy.flags_.lossy = true;
  return copy;
}
socket_sender socket_sender::latest(std::string_view key) const {
  auto copy = *this;
  copy.flags_.latest = key;
  return copy;
}
socket_sender socket_sender::compress(bool wanted) const {
  auto copy = *this;
  copy.flags_.compress = wanted;
  return copy;
}

timed_socket socket::timeout(std::chrono::milliseconds time) const {
  return {*this, time};
}

target socket::broadcast() const {
  if (!state_) throw std::logic_error{"broadcast from a handle to nobody"};
  return target{state_->nsp}.except(id());
}

target socket::except(std::string_view room) const {
  return broadcast().except(room);
}

target socket::to(std::string_view room) const {
  if (!state_) throw std::logic_error{"broadcast from a handle to nobody"};
  hub::selection others{{std::string{room}}, {std::string{id()}}, false};
  return {state_->nsp, std::make_shared<const hub::selection>(std::move(others))};
}

void socket::disconnect(bool close) const {
  if (!state_) return;
  state_->home.run([state = state_, close] {
    if (state->owner) state->owner->disconnect(*state, close);
  });
}

task<result<arguments>> timed_socket::wait(socket to, std::chrono::milliseconds timeout, std::string event,
                                           arguments list) {
  hub::check_event_name(event);
  const auto& state = to.state();
  if (!state) co_return errc::not_connected;
  auto& nsp = state->nsp;
  const auto id = nsp.next_ack_id();
  hub::show_outgoing(nsp, event, list, to.id(), {});
  auto what = hub::encode_event(nsp, {}, event, id, list, {});
  hub::ask_part<hub::ack_outcome> part = [state, &nsp, id, what, timeout](hub::shard& home, auto done) {
    home.pending().ask(nsp, id, {state}, what, timeout, std::move(done));
  };
  auto outcome = co_await hub::ask_one(state->home, std::move(part));
  if (!outcome.all.received.empty()) co_return std::move(outcome.all.received.front().args);
  co_return outcome.timed_out ? errc::timed_out : errc::not_connected;
}

namespace detail {

void send_ack(const socket& to, std::uint64_t id, const arguments& list) {
  const auto& state = to.state();
  const auto& nsp = state->nsp;
  constexpr auto ack = socketio::packet_type::ack;
  if (!nsp.owner().with().parser) return hub::shard::send(state, hub::pieces_of(ack, nsp, id, list), list);
  state->home.run([state, what = hub::encode_packet(ack, nsp, id, list)] { hub::shard::send(*state, what); });
}

}  // namespace detail

}  // namespace encke
