// SPDX-License-Identifier: MIT
// What the server counted since it started. A snapshot may be taken from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <encke/reason.hpp>
#include <string_view>

namespace encke {

enum class counter : std::uint8_t {
  connections_accepted,  ///< TCP connections
  connections_closed,
  connections_refused,  ///< over max_connections, or no descriptor left
  tls_refused,          ///< handshakes that failed or took too long
  http_requests,
  http_errors,      ///< requests that broke HTTP or a limit, or came too slowly
  sessions_opened,  ///< Engine.IO sessions
  sessions_closed,
  sessions_refused,   ///< handshakes refused by allow_request
  upgrades,           ///< polling sessions that moved to WebSocket
  websocket_errors,   ///< protocol errors on WebSockets
  sockets_connected,  ///< sockets that joined a namespace
  sockets_refused,    ///< refused by middleware or unknown namespace
  events_received,
  events_unhandled,  ///< no handler of this name
  events_mistyped,   ///< arguments did not fit the handler
  handler_errors,    ///< exceptions out of handlers
  packets_invalid,   ///< Socket.IO packets that broke the protocol
  frames_sent,       ///< places in queues: one per recipient
  frames_dropped,    ///< by the overflow policy or because lossy
  bytes_received,
  bytes_sent,
};
inline constexpr std::size_t counters = static_cast<std::size_t>(counter::bytes_sent) + 1;

/// E.g. "sessions_opened".
std::string_view to_string(counter) noexcept;

struct stats {
  std::array<std::uint64_t, counters> counts{};
  std::array<std::uint64_t, reasons> disconnects{};  ///< sockets that left, by reason
  std::size_t connections = 0;                       ///< open now
  std::size_t sessions = 0;
  std::size_t sockets = 0;

  [[nodiscard]] std::uint64_t operator[](counter c) const { return counts[static_cast<std::size_t>(c)]; }
  [[nodiscard]] std::uint64_t operator[](reason r) const { return disconnects[static_cast<std::size_t>(r)]; }
};

}  // namespace encke
