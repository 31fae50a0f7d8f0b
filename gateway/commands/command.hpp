// SPDX-License-Identifier: MIT
// What can be asked for: to send an event, to ask for acks, to join, to leave, to send away. A command is a value, read
// by command_reader and carried out by `perform`, whoever brought it.
#pragma once

#include <chrono>
#include <cstddef>
#include <encke/server.hpp>
#include <encke/value.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/commands/selector.hpp"

namespace encke::gateway {

/// To send an event.
struct emit_command {
  selector who;
  std::string event;
  arguments args;
  bool lossy = false;
};

/// To send an event and wait for what each client says to it.
struct ask_command {
  selector who;
  std::string event;
  arguments args;
  std::chrono::milliseconds timeout{};
};

/// To let sockets join rooms, or leave them.
struct move_command {
  selector who;
  std::vector<std::string> rooms;
  bool in = true;
};

/// To send sockets away.
struct disconnect_command {
  selector who;
  std::string reason;
  std::string written_reason = R"("")";  ///< as JSON
  std::string notify;                    ///< the event that tells them, with the reason; "": none
  bool close = true;                     ///< the connection too
};

/// What commands are read for. Borrows all of it.
struct command_scope {
  const server& io;
  const room_of_user& user_room;
  /// Why nobody may join or leave a room by a command, as the end of "which ..."; "" if it is the backend's.
  const std::function<std::string(std::string_view room)>& why_not_yours;
  std::size_t most_binary;  ///< binary arguments of one event
  std::chrono::milliseconds ack_timeout_max;
};

}  // namespace encke::gateway
