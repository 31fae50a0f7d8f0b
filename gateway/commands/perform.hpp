// SPDX-License-Identifier: MIT
// Carries commands out, whoever brought them. The server outlives what is begun here.
#pragma once

#include <encke/server.hpp>
#include <encke/task.hpp>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/clients/guest.hpp"
#include "gateway/commands/command.hpp"
#include "gateway/commands/refusal.hpp"

namespace encke::gateway {

/// Hands the event out at once and waits for nothing; whom it reaches is added to `count`. Throws what emitting throws.
void perform(server&, const emit_command&, const delivered& count);

/// All answers that come in time, and who gave none; with the users of those that have one, by their sockets.
struct named_answers {
  answers all;
  std::unordered_map<std::string, std::string> users;
};
[[nodiscard]] task<named_answers> perform(server&, ask_command);

/// Nothing once it is done, or why it is not: a room that would be joined has the id of a socket for its name.
[[nodiscard]] task<std::optional<refusal>> perform(server&, move_command);

/// How many were there and are sent away, and some of them, to tell of.
struct sent_away {
  static constexpr std::size_t most_told = 20;
  std::size_t count = 0;
  std::vector<seen> some;
};
[[nodiscard]] task<sent_away> perform(server&, disconnect_command);

}  // namespace encke::gateway
