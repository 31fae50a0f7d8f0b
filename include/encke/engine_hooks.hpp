// SPDX-License-Identifier: MIT
// What a server may see of the HTTP requests under its sessions, and add to their answers.
#pragma once

#include <cstdint>
#include <encke/http.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace encke {

/// A request for a session that was refused. Views and references are valid during the call only.
struct connection_error {
  /// As in the answer: 0 unknown transport, 1 unknown session, 2 bad handshake method, 3 bad request, 4 forbidden
  /// (allow_request), 5 unsupported protocol version (Engine.IO protocol).
  unsigned code = 0;
  std::string_view message;
  const http_request& request;
};

using http_headers = std::vector<std::pair<std::string, std::string>>;

/// Called on workers, at the same time on several. What they throw is reported as a fault.
struct engine_hooks {
  /// A request was refused.
  std::function<void(const connection_error&)> connection_error{};
  /// The answer that opens a session, by polling or as a WebSocket, is about to be sent with these headers.
  std::function<void(http_headers&, const http_request&)> initial_headers{};
  /// The same for every answer that carries packets, and for those that open a session or a WebSocket.
  std::function<void(http_headers&, const http_request&)> headers{};
};

}  // namespace encke
