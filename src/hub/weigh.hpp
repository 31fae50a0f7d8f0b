// SPDX-License-Identifier: MIT
// What is known about a socket, for those who ask for many of them.
#pragma once

#include <encke/socket.hpp>
#include <hub/socket_state.hpp>

namespace encke::hub {

/// Of a socket that has not left, on its worker.
[[nodiscard]] socket_info info_of(socket_state&);

}  // namespace encke::hub
