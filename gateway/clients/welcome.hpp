// SPDX-License-Identifier: MIT
// Welcome: what happens to a client that was let in: it joins its user's room and the house, counts as present, and is
// told of in the log. Each is an observer of clients; app makes the list of them.
#pragma once

#include <encke/server.hpp>
#include <memory>
#include <string>
#include <vector>

#include "gateway/clients/observers.hpp"
#include "gateway/clients/presence.hpp"
#include "gateway/log/log.hpp"
#include "gateway/settings/room_names.hpp"

namespace encke::gateway {

/// It joins its user's room and the house.
[[nodiscard]] std::shared_ptr<const client_observer> room_joiner(room_settings);
/// Users are online by their connections in "/"; sockets are counted in each namespace.
[[nodiscard]] std::shared_ptr<const client_observer> presence_counter(presence&,
                                                                      const std::vector<std::string>& namespaces);
[[nodiscard]] std::shared_ptr<const client_observer> client_log(logger&);
/// Each client is told who it is, by the event "debug".
[[nodiscard]] std::shared_ptr<const client_observer> debug_greeter();
/// What clients say by the event "debug" is logged.
void log_debug_events(server&, const std::vector<std::string>& namespaces, logger&);

}  // namespace encke::gateway
