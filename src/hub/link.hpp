// SPDX-License-Identifier: MIT
// Link and receiver: the two sides of one session. `link` is all that the layer above asks of a session, implemented by
// net/session; tests use one that writes into a vector. `receiver` is all that a session tells the layer above it,
// implemented by hub::client; a server of plain Engine.IO has its own.
#pragma once

#include <chrono>
#include <encke/memory.hpp>
#include <encke/reason.hpp>
#include <encke/transport.hpp>
#include <hub/frame.hpp>
#include <string>
#include <string_view>

namespace encke::hub {

/// Facts about a connection that may change while it lives.
struct link_facts {
  std::string address;
  std::chrono::system_clock::time_point opened{};
  unsigned protocol = 4;  ///< Engine.IO revision
  encke::transport transport = encke::transport::polling;
  bool secure = false;
};

class link {
 public:
  /// Queues a frame; the overflow policy is the link's. `lossy`: dropped unless it could leave at once.
  /// False if it was not taken. Never calls back into the hub.
  virtual bool send(const frame_ptr&, bool lossy) = 0;
  /// The same for a text packet, in pieces, that nobody else gets: a link may know a shorter way than a frame.
  virtual void send_text(std::span<const std::string_view> packet) { send(frame::make(packet), false); }
  /// Ends the session in order: what is queued still goes out. The layer above hears of it through
  /// receiver::on_closed.
  virtual void close(reason) = 0;
  /// A first namespace was joined: the connect time-out is off.
  virtual void on_joined() = 0;
  [[nodiscard]] virtual link_facts facts() const = 0;
  /// What is held for the session and for what is above and below it.
  [[nodiscard]] virtual encke::weight weight() const { return {}; }
  /// Something is sent soon (base/prefetch.hpp).
  virtual void warm(unsigned) const {}
  /// The session's id. Clients of Socket.IO 1.x and 2.x derive their sockets' ids from it.
  [[nodiscard]] virtual std::string_view sid() const = 0;

 protected:
  ~link() = default;
};

/// Owned by its session; each call may use the link.
class receiver {
 public:
  virtual ~receiver() = default;
  /// The session is in its worker's table and its open packet is queued. Once, first.
  virtual void on_open() = 0;
  /// A message of the session; gone after the call.
  virtual void on_text(std::string_view) = 0;
  virtual void on_binary(std::string_view) = 0;
  /// A message comes soon (base/prefetch.hpp).
  virtual void warm() const {}
  /// Bytes that it holds.
  [[nodiscard]] virtual std::size_t held() const { return 0; }
  /// Whom it serves, for a log: the beginnings of its sockets' ids.
  [[nodiscard]] virtual std::string names() const { return {}; }
  /// Of them those of packets that are not whole yet.
  [[nodiscard]] virtual std::size_t unfinished() const { return 0; }
  /// The session has moved from polling to a WebSocket.
  virtual void on_upgrade() {}
  /// The session is over. Once; no message follows.
  virtual void on_closed(reason) = 0;
};

}  // namespace encke::hub
