// SPDX-License-Identifier: MIT
// What the server counted since it started. A snapshot may be taken from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <encke/export.hpp>
#include <encke/reason.hpp>
#include <string_view>

namespace encke {

/// What is counted.
enum class counter : std::uint8_t {
  connections_accepted,  ///< TCP connections
  connections_closed,
  connections_refused,  ///< over max_connections or max_internal_connections, or no descriptor left
  descriptors_short,    ///< times that no descriptor was left for another connection
  tls_refused,          ///< handshakes that failed or took too long
  http_requests,
  http_errors,      ///< requests that broke HTTP or a limit, or came too slowly
  sessions_opened,  ///< Engine.IO sessions
  sessions_closed,
  sessions_refused,   ///< handshakes refused by allow_request
  sessions_shed,      ///< handshakes refused because memory is short
  upgrades,           ///< polling sessions that moved to WebSocket
  websocket_errors,   ///< protocol errors on WebSockets
  sockets_connected,  ///< sockets that joined a namespace
  sockets_refused,    ///< refused by middleware or unknown namespace
  events_received,
  events_unhandled,  ///< no handler of this name
  events_mistyped,   ///< arguments did not fit the handler
  events_refused,    ///< by an event's middleware
  handler_errors,    ///< exceptions out of handlers
  payloads_invalid,  ///< Engine.IO payloads and packets that cannot be read
  packets_invalid,   ///< Socket.IO packets that broke the protocol
  frames_sent,       ///< places in queues: one per recipient
  dropped_lossy,     ///< messages left out: lossy, and the client was not ready; from here on one per recipient
  dropped_newest,    ///< too much waited (overflow::drop_newest, or the others at their end)
  dropped_oldest,    ///< to make room for a newer one
  dropped_replaced,  ///< a newer one of the same key came (overflow::latest)
  dropped_expired,   ///< waited too long
  dropped_pressure,  ///< lossy, and the server is short of memory
  cut_bytes,         ///< slow readers disconnected: too many bytes waited
  cut_messages,      ///< too many messages waited
  cut_age,           ///< a message waited too long
  cut_memory,        ///< the server was short of memory
  cut_unfinished,    ///< clients disconnected with half a message, because the server was short of memory
  cut_unjoined,      ///< connections and sessions ended before they had joined anything, for the same reason
  dropped_answers,   ///< answers to questions that were not kept: too large together, or memory was short
  pressure_caches,   ///< times that memory was so short (encke::shedding)
  pressure_unjoined,
  pressure_handshakes,
  pressure_lossy,
  pressure_slowest,
  bytes_received,
  bytes_sent,
};
inline constexpr std::size_t counters = static_cast<std::size_t>(counter::bytes_sent) + 1;

/// E.g. "sessions_opened".
ENCKE_API std::string_view to_string(counter) noexcept;

/// A snapshot of what a server has counted: `stats[counter::x]`, `stats[reason::x]`.
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
