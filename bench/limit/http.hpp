// SPDX-License-Identifier: MIT
// HTTP: one request out of the bytes of a connection, and the answers the floor gives (RFC 9112).
// Reads what the benchmark application needs: the path, four parameters, five headers, a body with a length.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace limit {

/// Borrows from the bytes it was read from.
struct request {
  std::string_view method, path, sid, token, transport, eio;
  std::string_view websocket_key;  ///< set for an upgrade to WebSocket only
  std::string_view body;
  bool keep_alive = true;
};

enum class reading { whole, incomplete, bad };

/// Reads the first request of `bytes`; `size` is what it takes up when it is whole.
[[nodiscard]] reading read(std::string_view bytes, request&, std::size_t& size);

/// The bytes of one head or body that are too many.
inline constexpr std::size_t largest_head = 16'384, largest_body = 1'000'000;

void append_answer(std::string& out, std::string_view status, std::string_view content_type, std::string_view body);
/// The switch to WebSocket (RFC 6455 4.2.2).
void append_switch(std::string& out, std::string_view key);

}  // namespace limit
