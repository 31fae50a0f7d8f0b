// SPDX-License-Identifier: MIT
// Welcome: what happens to a client that was let in: it joins its user's room and the house, and counts as present.
// Set up by app, behind the door.
#pragma once

#include <encke/encke.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/clients/presence.hpp"
#include "gateway/log/log.hpp"
#include "gateway/settings/config.hpp"
#include "gateway/settings/room_names.hpp"

namespace encke::gateway {

struct welcome_settings {
  room_settings rooms;
  std::vector<std::string> namespaces;  ///< "/" among them; presence counts the connections there
  bool debug = false;                   ///< tells each client who it is, and logs its `debug` events
};

/// Registers the handlers. `present` and `log` must outlive the server's run.
void welcome_clients(server&, const welcome_settings&, presence& present, logger& log);

}  // namespace encke::gateway
