// SPDX-License-Identifier: MIT
// Protocol: what speaks over a connection at the moment: HTTP (http_exchange) until it becomes a WebSocket
// (websocket_transport). Called by the connection that owns it, on its worker.
#pragma once

#include <sys/uio.h>
#include <base/timer_wheel.hpp>
#include <cstddef>
#include <span>

namespace encke::net {

class protocol {
 public:
  virtual ~protocol() = default;

  /// Bytes arrived, already decrypted; they may be changed in place and are gone after the call.
  virtual void on_bytes(std::span<char>) = 0;
  /// Bytes arrive soon, or something is sent (base/prefetch.hpp): `step` 0 is what the protocol itself points to.
  virtual void warm(unsigned) const {}
  /// The peer will send no more (`failed`: nor can anything be sent). The connection closes by itself after that.
  virtual void on_end(bool failed) = 0;
  /// The deadline set with connection::set_deadline has come.
  virtual void on_deadline(time_point now) = 0;
  /// The connection has moved to another worker at the wish of this protocol.
  virtual void on_moved() {}
  /// Bytes that it holds, besides those of a session.
  [[nodiscard]] virtual std::size_t held() const = 0;
  /// Of them those of input that waits for its end: half a message, half a request.
  [[nodiscard]] virtual std::size_t unfinished() const = 0;
  /// Nothing of it belongs to a session: nobody has joined who would miss the connection.
  [[nodiscard]] virtual bool is_unclaimed() const = 0;
  /// The server is stopping.
  virtual void on_stop() = 0;

  /// Bytes to be sent after the connection's own: as connection::write, without a copy.
  virtual std::size_t gather(iovec*, std::size_t) { return 0; }
  virtual void on_gathered_sent(std::size_t) {}
  /// Everything queued was sent, at the end of a turn; nothing else is on the stack.
  virtual void on_all_sent() {}
};

}  // namespace encke::net
