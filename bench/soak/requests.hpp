// SPDX-License-Identifier: MIT
// Requests of Engine.IO clients as text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace encke::soak {

enum class token_place : std::uint8_t { query, cookie, header };

struct wish {
  unsigned revision = 4;
  bool websocket = false;
  bool close = false;   ///< "Connection: close"
  bool secure = false;  ///< by TLS, from a page that came by TLS, too
  std::string_view sid{};
  std::string_view token{};
  token_place where = token_place::query;
};

/// A GET: a handshake, a poll, or an upgrade.
[[nodiscard]] std::string get_request(const wish&);
/// A POST of one packet to a session.
[[nodiscard]] std::string post_request(const wish&, std::string_view packet);
/// The session's id in the answer to a handshake; throws std::runtime_error if there is none.
[[nodiscard]] std::string sid_in(std::string_view answered);

}  // namespace encke::soak
