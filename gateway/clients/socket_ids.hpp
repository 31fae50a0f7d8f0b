// SPDX-License-Identifier: MIT
// Ids of sockets as they are shown. Clients of Engine.IO 3 compute the id of their socket from that of their session,
// and whoever has the latter reads, writes and upgrades the session without a token. So logs, answers of the API and
// debug pages show another id, which only this process can read and which opens nothing. Other clients' ids are no
// secret.
#pragma once

#include <string>
#include <string_view>

namespace encke::gateway {

/// The id to show for a socket's id, always the same for the same socket: "old:" and 22 characters if the id is a
/// session's, else the id itself. Any thread.
[[nodiscard]] std::string shown_id(std::string_view id);

/// The id of the socket in that namespace for which `shown_id` gave this; any other text as it is. Any thread.
[[nodiscard]] std::string id_of_shown(std::string_view shown, std::string_view nsp);

}  // namespace encke::gateway
