// SPDX-License-Identifier: MIT
// WebSocket transport: a connection that has become a WebSocket. Reads messages for its session, sends what the session
// has queued, answers pings, and ends with a close frame. Outlives the session by as much as that takes.
#pragma once

#include <base/prefetch.hpp>
#include <encke/ledger.hpp>
#include <engineio/session.hpp>
#include <net/outbox.hpp>
#include <net/protocol.hpp>
#include <optional>
#include <string_view>
#include <websocket/close_code.hpp>
#include <websocket/reader.hpp>

namespace encke::net {

class connection;
class session;

class websocket_transport final : public protocol, public ledger::charged<ledger::purpose::connection> {
 public:
  /// The 101 has been written to the connection. `deflate_window`: the bits of the window it agreed on, 0: none.
  explicit websocket_transport(connection&, int deflate_window = 0);

  /// From now on messages go there.
  void serve(session&);

  /// Something is sent soon (base/prefetch.hpp).
  void warm_connection() const { prefetch(&connection_); }
  [[nodiscard]] const connection& over() const { return connection_; }
  /// Every message is offered to compression.
  [[nodiscard]] bool deflates() const { return window_bits_ != 0; }

  /// Longer messages are refused from now on, the one that is being read included.
  void limit_messages(std::size_t bytes) { reader_.limit_messages(bytes); }

  // --- for the session; after `close` and `abort` it is forgotten ---
  void flush_later();
  /// A text message outside of the session's queue, while probing.
  void send_text(std::string_view);
  /// Sends what is left of a queue, then a close frame with this payload.
  void close(outbox left = {}, wire_form form = {}, std::string_view payload = {});
  /// Closes the connection at once.
  void abort();

  // --- protocol ---
  void on_bytes(std::span<char>) override;
  void warm(unsigned step) const override;
  void on_end(bool failed) override;
  void on_deadline(time_point) override;
  void on_stop() override;
  [[nodiscard]] std::size_t held() const override;
  [[nodiscard]] std::size_t unfinished() const override { return reader_.held(); }
  [[nodiscard]] bool is_unclaimed() const override { return false; }
  std::size_t gather(iovec*, std::size_t) override;
  void on_gathered_sent(std::size_t) override;

 private:
  void on_message(const websocket::message&);
  void pong(std::string_view payload);
  void on_error(websocket::error);
  void tell_gone(engineio::close_reason);
  void keep(outbox left, wire_form);
  void write_close(std::string_view close_frame_payload);
  [[nodiscard]] wire_form finished(wire_form of_session) const;

  connection& connection_;
  session* session_ = nullptr;
  websocket::reader reader_;
  struct remains : ledger::charged<ledger::purpose::outbox> {
    outbox queue;
    wire_form form;
  };
  std::unique_ptr<remains> left_;  // to be sent for a session that is over
  std::uint8_t window_bits_;       // of the compression that was agreed on; 0: none was
  bool closing_ = false;           // a close frame is queued: nothing else follows
};

}  // namespace encke::net
