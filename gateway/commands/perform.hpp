// SPDX-License-Identifier: MIT
// Carries commands out, whoever brought them. The server outlives what is begun here.
#pragma once

#include <encke/server.hpp>
#include <encke/task.hpp>
#include <optional>
#include <vector>

#include "gateway/commands/command.hpp"
#include "gateway/commands/refusal.hpp"

namespace encke::gateway {

/// Hands the event out at once and waits for nothing; whom it reaches is added to `count`. Throws what emitting throws.
void perform(server&, const emit_command&, const delivered& count);

/// All answers that come in time, and who gave none.
[[nodiscard]] task<answers> perform(server&, const ask_command&);

/// Nothing once it is done, or why it is not: a room that would be joined has the id of a socket for its name.
[[nodiscard]] task<std::optional<refusal>> perform(server&, move_command);

/// Those who were there and are sent away.
[[nodiscard]] task<std::vector<socket_info>> perform(server&, disconnect_command);

}  // namespace encke::gateway
