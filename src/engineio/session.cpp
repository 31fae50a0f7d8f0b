// SPDX-License-Identifier: MIT
// The session's rules (Engine.IO protocols v3 and v4): who pings whom and what is heard as a sign of life, which GET is
// answered with what, when a probe becomes the transport, and the few ways a session ends. All of them go through
// `end`. Two deliberate differences from the reference server: a heartbeat deadline survives the upgrade, and only a
// polling session can be upgraded.
#include "engineio/session.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace encke::engineio {

namespace {

// How late a caller's timer usually is. Up to there a missing pong is counted from when its ping was due.
constexpr std::chrono::milliseconds timer_slack{50};

// During a probe. A client stops polling when it reads the pong, which may come later than one or two of these; one
// that never reads it must not poll as fast as it can.
constexpr unsigned most_noops_at_once = 4;

}  // namespace

std::string_view to_string(close_reason reason) noexcept {
  switch (reason) {
    case close_reason::transport_error: return "transport error";
    case close_reason::transport_close: return "transport close";
    case close_reason::ping_timeout: return "ping timeout";
    case close_reason::parse_error: return "parse error";
    case close_reason::forced_close: return "forced close";
    case close_reason::server_shutdown: return "server shutting down";
  }
  return "transport error";
}

session::session(const settings& s, revision rev, transport on, time_point now)
    : settings_{&s}, deadline_{now + s.ping_interval}, revision_{rev}, current_{on} {
  // In v3 the client pings: the server only waits.
  if (rev == revision::v3) deadline_ += s.ping_timeout;
}

// --- polling ---------------------------------------------------------------------------------------------------------

session::poll_verdict session::on_poll(bool has_queued, time_point now) {
  if (is_closed() || current_ != transport::polling) return poll_verdict::overlap;
  if (has_poll_) {
    end(close_reason::transport_error);
    return poll_verdict::overlap;
  }
  has_poll_ = true;
  if (is_closing() && !has_queued) {
    end(reason_, poll_answer::noop_close);
    return poll_verdict::wait;
  }
  if (is_closing())
    deadline_ = now + settings_->polling_close_grace;  // the client is there: it gets time for its last GET
  if (has_queued)
    flush();
  else if (probe_ == probe::answered)
    let_upgrade(now);
  return poll_verdict::wait;
}

void session::on_poll_gone() {
  if (!std::exchange(has_poll_, false)) return;
  end(close_reason::transport_error);
}

session::post_verdict session::on_post_begin(bool octet_stream) {
  if (is_closed() || current_ != transport::polling) return post_verdict::refused;
  if (has_post_) {
    end(close_reason::transport_error);
    return post_verdict::overlap;
  }
  if (octet_stream && revision_ == revision::v4) {
    end(close_reason::transport_error);
    return post_verdict::refused;
  }
  has_post_ = true;
  return post_verdict::read;
}

bool session::on_post_end() {
  return std::exchange(has_post_, false);
}

void session::on_post_aborted() {
  if (!std::exchange(has_post_, false)) return;
  end(close_reason::transport_error);
}

// --- packets ---------------------------------------------------------------------------------------------------------

void session::on_packet(const packet& p, time_point now) {
  if (is_closing() && p.type == packet_type::close) return end(reason_, poll_answer::noop);
  if (!is_open()) return;
  hear_from_client(p.type, now);
  switch (p.type) {
    case packet_type::message:
      delivered_ = p.data.data();
      delivered_size_ = static_cast<std::uint32_t>(p.data.size());
      delivers_binary_ = p.binary;
      return push(action::kind::deliver);
    case packet_type::ping:
      if (revision_ == revision::v4) return end(close_reason::transport_error);  // v4: the server pings
      return send(packet_type::pong);
    case packet_type::pong:
      if (revision_ == revision::v3) return end(close_reason::transport_error);
      return;
    case packet_type::close: return end(close_reason::transport_close, poll_answer::noop);
    case packet_type::open:
    case packet_type::upgrade:
    case packet_type::noop: return;  // ignored out of their context; some clients do send noops
  }
}

bool session::on_message(const packet& p, time_point now) {
  if (p.type != packet_type::message || !is_open() || step_count_ != 0) return false;
  hear_from_client(p.type, now);
  return true;
}

void session::on_parse_error() {
  if (is_open()) end(close_reason::parse_error);
}

void session::hear_from_client(packet_type type, time_point now) {
  if (revision_ == revision::v3) {
    deadline_ = now + settings_->ping_interval + settings_->ping_timeout;
    return;
  }
  if (type == packet_type::pong) {
    heartbeat_ = heartbeat::idle;
    deadline_ = now + settings_->ping_interval;
    return;
  }
  // Another packet instead of the pong: a busy line gets one more window, but only one per ping.
  if (heartbeat_ != heartbeat::pinged) return;
  heartbeat_ = heartbeat::extended;
  deadline_ = now + settings_->ping_timeout;
}

// --- upgrade and WebSocket -------------------------------------------------------------------------------------------

bool session::on_probe(time_point now) {
  if (!is_open() || is_upgrading() || current_ != transport::polling || !settings_->allow_upgrades) return false;
  probe_ = probe::connected;
  noops_ = 0;
  probe_deadline_ = after(now, settings_->upgrade_timeout);
  return true;
}

void session::on_probe_packet(const packet& p, time_point now) {
  if (!is_upgrading()) return;
  if (p.type == packet_type::upgrade) return on_upgrade_packet();
  if (p.type != packet_type::ping || p.data != "probe") return drop_probe();
  probe_ = probe::answered;
  push(action::kind::probe_pong);
  if (has_poll_) let_upgrade(now);
}

// The pending GET has to end for the client to go on with the upgrade; whatever it emits waits until then.
void session::let_upgrade(time_point now) {
  noop_at_ = now + settings_->noop_period;
  if (noops_ == most_noops_at_once) return;
  ++noops_;
  answer(poll_answer::noop);
}

void session::on_upgrade_packet() {
  // In an orderly close nothing is flushed; and a client that sent `5` never polls again, so there is nothing to wait
  // for.
  if (is_closing()) return end(reason_);
  if (has_poll_) answer(poll_answer::close);
  probe_ = probe::none;
  current_ = transport::websocket;
  has_post_ = false;  // what a POST still brings is dropped
  push(action::kind::switch_to_websocket);
}

void session::on_probe_parse_error() {
  drop_probe();
}

void session::on_probe_gone() {
  probe_ = probe::none;
}

void session::on_websocket_gone(close_reason reason) {
  if (is_open() && current_ == transport::websocket) end(reason, poll_answer::close, websocket_is::gone);
}

void session::on_queued() {
  if (has_poll_) flush();
}

// --- close -----------------------------------------------------------------------------------------------------------

void session::close(bool has_queued, time_point now) {
  if (!is_open()) return;
  if (current_ == transport::websocket || (has_poll_ && !has_queued)) return end(close_reason::forced_close);
  tell(close_reason::forced_close);
  if (has_poll_) flush();
  // A probe goes on: a client that has stopped polling for it would not come back for the close packet.
  phase_ = phase::closing;
  deadline_ = now + settings_->polling_close_grace;
}

void session::shutdown() {
  if (!is_closed()) end(close_reason::server_shutdown);
}

void session::tell(close_reason reason) {
  if (!is_open()) return;
  reason_ = reason;
  push(action::kind::closing, static_cast<std::uint8_t>(reason));
}

void session::end(close_reason reason, poll_answer last_answer, websocket_is state) {
  assert(!is_closed());
  tell(reason);
  if (has_poll_) answer(last_answer);
  if (current_ == transport::websocket && state == websocket_is::open) push(action::kind::close_websocket);
  drop_probe();
  has_post_ = false;
  phase_ = phase::closed;
  push(action::kind::ended, static_cast<std::uint8_t>(reason_));
}

// --- time ------------------------------------------------------------------------------------------------------------

void session::on_time(time_point now) {
  if (is_closed()) return;
  if (now >= deadline_) {
    if (is_closing()) return end(reason_);
    on_heartbeat_due(now);
    if (is_closed()) return;
  }
  if (is_upgrading() && now >= probe_deadline_) drop_probe();
  if (is_noop_waiting() && now >= noop_at_) answer(poll_answer::noop);
}

void session::on_heartbeat_due(time_point now) {
  if (revision_ == revision::v3 || heartbeat_ != heartbeat::idle) return end(close_reason::ping_timeout);
  heartbeat_ = heartbeat::pinged;
  const bool is_on_time = now - deadline_ <= std::min(timer_slack, settings_->ping_timeout / 10);
  deadline_ = (is_on_time ? deadline_ : now) + settings_->ping_timeout;
  send(packet_type::ping);
}

std::optional<time_point> session::next_deadline() const noexcept {
  if (is_closed()) return std::nullopt;
  auto earliest = deadline_;
  if (is_upgrading()) earliest = std::min(earliest, probe_deadline_);
  if (is_noop_waiting()) earliest = std::min(earliest, noop_at_);
  return earliest;
}

// --- actions ---------------------------------------------------------------------------------------------------------

void session::push(action::kind what, std::uint8_t detail) {
  assert(step_count_ < most_steps);  // the caller drains after each event, and no event makes more than five
  auto& last = steps_[(first_step_ + step_count_) % most_steps];
  last.what = what;
  last.detail = detail & 0xFU;  // no enumeration has more values
  ++step_count_;
}

void session::send(packet_type type) {
  push(action::kind::send, static_cast<std::uint8_t>(type));
  if (has_poll_) flush();
}

void session::answer(poll_answer with) {
  has_poll_ = false;
  push(action::kind::answer_poll, static_cast<std::uint8_t>(with));
}

void session::flush() {
  has_poll_ = false;
  push(action::kind::flush_poll);
}

void session::drop_probe() {
  if (!is_upgrading()) return;
  probe_ = probe::none;
  push(action::kind::close_probe);
}

std::optional<action> session::take_action() {
  if (step_count_ == 0) return std::nullopt;
  const auto [what, detail] = steps_[first_step_];
  first_step_ = static_cast<std::uint8_t>((first_step_ + 1) % most_steps);
  --step_count_;

  action next;
  next.what = what;
  switch (what) {
    case action::kind::send: next.data = {static_cast<packet_type>(detail), false, {}}; break;
    case action::kind::deliver:
      next.data = {packet_type::message,
                   delivers_binary_,
                   {std::exchange(delivered_, nullptr), std::exchange(delivered_size_, 0U)}};
      break;
    case action::kind::answer_poll: next.answer = static_cast<poll_answer>(detail); break;
    case action::kind::closing:
    case action::kind::ended: next.reason = static_cast<close_reason>(detail); break;
    case action::kind::flush_poll:
    case action::kind::probe_pong:
    case action::kind::switch_to_websocket:
    case action::kind::close_probe:
    case action::kind::close_websocket: break;
  }
  return next;
}

}  // namespace encke::engineio
