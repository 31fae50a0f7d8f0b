// SPDX-License-Identifier: MIT
// Guest: who a client is. Kept with its socket, on whose worker it is read; made when the socket connects, of what the
// handshake said, which is dropped then. What the API shows of sockets, and the logs say of them, is here.
#pragma once

#include <array>
#include <cstdint>
#include <encke/jwt.hpp>
#include <encke/socket.hpp>
#include <string>
#include <string_view>

namespace encke::gateway {

struct guest {
  std::string user;       ///< "" without one
  std::uint8_t told = 0;  ///< so many observers have heard of it (observers.hpp)
};

/// Parameters of the request's query that the door keeps for `guest_of`.
inline constexpr std::array<std::string_view, 0> kept_query{};

/// Of a socket that has just connected. On its worker.
[[nodiscard]] inline guest guest_of(const socket& one) {
  return {.user = std::string{jwt::user_of(one)}};
}

/// A socket as it was when somebody looked.
struct seen {
  socket_info info;
  guest who;
};
/// On the socket's worker: for `target::collect`.
[[nodiscard]] inline seen look_at(const socket& one) {
  return {one.info(), one.data<guest>()};
}

}  // namespace encke::gateway
