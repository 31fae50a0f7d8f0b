// SPDX-License-Identifier: MIT
// By what a client's messages travel.
#pragma once

#include <cstdint>
#include <string_view>

namespace encke {

/// How the packets of a session are carried.
enum class transport : std::uint8_t {
  polling,    ///< HTTP requests, one after the other
  websocket,  ///< a WebSocket
};

/// Its name in the protocol: "polling", "websocket".
[[nodiscard]] constexpr std::string_view to_string(transport by) noexcept {
  switch (by) {
    case transport::polling: return "polling";
    case transport::websocket: return "websocket";
  }
  return {};
}

}  // namespace encke
