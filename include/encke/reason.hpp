// SPDX-License-Identifier: MIT
// Why a socket left its namespace. The names on the right of to_string are those of Socket.IO where it has one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <encke/export.hpp>
#include <string_view>

namespace encke {

/// Why a socket left.
enum class reason : std::uint8_t {
  transport_close,              ///< the client closed the connection, or the network did
  transport_error,              ///< the client broke the protocol of the transport
  ping_timeout,                 ///< no heartbeat in time
  parse_error,                  ///< bytes that are no Engine.IO packet
  client_namespace_disconnect,  ///< the client left the namespace
  server_namespace_disconnect,  ///< `disconnect` was called
  server_shutting_down,         ///< the server stops
  forced_close,                 ///< the client sent an invalid Socket.IO packet
  forced_server_close,          ///< the client did what it may not do in its state
  connect_timeout,              ///< no namespace was joined in time
  slow_reader,                  ///< the queue to the client was full and the policy says close
};
inline constexpr std::size_t reasons = static_cast<std::size_t>(reason::slow_reader) + 1;

/// E.g. "ping timeout".
ENCKE_API std::string_view to_string(reason) noexcept;

}  // namespace encke
