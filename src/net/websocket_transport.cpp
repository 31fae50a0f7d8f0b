// SPDX-License-Identifier: MIT
#include <net/websocket_transport.hpp>

#include <net/connection.hpp>
#include <net/session.hpp>
#include <net/worker.hpp>

namespace encke::net {

namespace {

constexpr auto close_time = std::chrono::seconds{5};  // to send the rest and a close frame to a slow peer
constexpr std::size_t most_unsent_control = 4096;     // bytes, while probing
constexpr std::size_t most_unsent_pongs = 64;         // frames

}  // namespace

websocket_transport::websocket_transport(connection& over, int deflate_window)
    : connection_{over},
      reader_{{.message = over.home().shared().options.max_payload},
              websocket::role::server,
              deflate_window != 0 ? websocket::compression::deflate : websocket::compression::none},
      window_bits_{static_cast<std::uint8_t>(deflate_window)} {
  connection_.clear_deadline();
}

void websocket_transport::serve(session& one) {
  session_ = &one;
  limit_messages(one.most_payload());
}

void websocket_transport::flush_later() {
  connection_.flush_later();
}

void websocket_transport::send_text(std::string_view text) {
  connection_.write(hub::frame::make(text)->websocket_bytes());
}

// --- reading ------------------------------------------------------------------------------------------------------

void websocket_transport::on_bytes(std::span<char> received) {
  reader_.feed(received);
  for (;;) {
    const auto next = reader_.next();
    if (!next) return on_error(next.error());
    if (!*next) return;
    on_message(**next);
    if (connection_.is_doomed) return;
  }
}

void websocket_transport::warm(unsigned step) const {
  if (!session_) return;
  if (step == 0) return prefetch(session_);
  session_->warm_receiver(step - 1);
}

void websocket_transport::on_message(const websocket::message& received) {
  switch (received.kind) {
    case websocket::opcode::text:
    case websocket::opcode::binary:
      if (session_) session_->on_message(*this, received);
      return;
    case websocket::opcode::ping: return pong(received.payload);
    case websocket::opcode::close:
      tell_gone(engineio::close_reason::transport_close);
      return write_close(received.payload.substr(0, 2));  // RFC 6455 5.5.1: answered with its own code
    case websocket::opcode::pong:
    case websocket::opcode::continuation: return;
  }
}

// Between the session's frames, never inside of one. A peer that only pings and does not read is not answered for ever.
void websocket_transport::pong(std::string_view payload) {
  if (closing_ || !session_) return;
  auto answer = hub::frame::make_control(websocket::opcode::pong, payload);
  if (!session_->is_current(*this)) {
    if (connection_.queued() < most_unsent_control) connection_.write(answer->websocket_bytes());
    return;
  }
  if (session_->queue().size() > most_unsent_pongs) return;
  session_->queue().push_first(std::move(answer), connection_.home().now_stamp());
  flush_later();
}

void websocket_transport::on_error(websocket::error wrong) {
  connection_.home().count(counter::websocket_errors);
  tell_gone(engineio::close_reason::transport_error);
  write_close(websocket::close_payload(websocket::close_code_of(wrong)));
}

void websocket_transport::on_end(bool failed) {
  tell_gone(failed && !reader_.is_closed() ? engineio::close_reason::transport_error
                                           : engineio::close_reason::transport_close);
  left_.reset();
}

void websocket_transport::tell_gone(engineio::close_reason why) {
  auto* left = std::exchange(session_, nullptr);
  if (!left) return;
  // RFC 6455 5.4: a close frame goes behind the frame that is being sent, not into it.
  if (left->is_current(*this)) keep(left->queue().begun(), left->form());
  left->on_gone(*this, why);
}

void websocket_transport::keep(outbox left, wire_form form) {
  if (!left.empty()) left_.reset(new remains{{}, std::move(left), finished(form)});
}

// --- ending -------------------------------------------------------------------------------------------------------

void websocket_transport::close(outbox left, wire_form form, std::string_view payload) {
  session_ = nullptr;
  keep(std::move(left), form);
  write_close(payload);
}

void websocket_transport::abort() {
  session_ = nullptr;
  connection_.abort();
}

void websocket_transport::write_close(std::string_view payload) {
  if (std::exchange(closing_, true)) return;
  auto last = hub::frame::make_control(websocket::opcode::close, payload);
  if (left_)
    left_->queue.push(std::move(last), connection_.home().now_stamp());
  else
    connection_.write(last->websocket_bytes());
  connection_.close();
  if (left_) connection_.set_deadline(connection_.home().now() + close_time);
}

void websocket_transport::on_deadline(time_point) {
  connection_.abort();
}

std::size_t websocket_transport::held() const {
  const auto left = left_ ? ledger::set_aside(sizeof *left_) + left_->queue.held() : 0;
  return ledger::set_aside(sizeof *this) + reader_.held() + left;
}

void websocket_transport::on_stop() {
  if (!session_) write_close({});
}

// --- writing ------------------------------------------------------------------------------------------------------

// What this connection agreed on, besides what its session is.
wire_form websocket_transport::finished(wire_form form) const {
  const auto& settings = connection_.home().shared().deflate;
  form.deflate = deflates() && settings ? &*settings : nullptr;
  form.window_bits = window_bits_;
  return form;
}

std::size_t websocket_transport::gather(iovec* into, std::size_t most) {
  if (left_) return left_->queue.gather(into, most, left_->form);
  if (!session_ || !session_->is_current(*this)) return 0;
  if (connection_.home().shared().slow.has_ages()) session_->expire_queue();
  return session_->queue().gather(into, most, finished(session_->form()));
}

void websocket_transport::on_gathered_sent(std::size_t bytes) {
  if (left_) return left_->queue.consume(bytes);
  if (session_) session_->queue().consume(bytes);
}

}  // namespace encke::net
