// SPDX-License-Identifier: MIT
// The development page's way to the backend: with their own token, a user of the page may see who is online and push to
// others. Only with --dev, which listens on loopback: in production pushing is the backend's business.
#pragma once

#include <encke/server.hpp>

#include "gateway/clients/door.hpp"
#include "gateway/clients/presence.hpp"

namespace encke::gateway {

/// GET /demo/users and POST /demo/push, on the public listener, for bearers of a valid token. The first tells `api`
/// too, the address of the HTTP API ("": there is none), which must be there before the first request and stay.
void add_demo(server&, const door&, const presence&, const room_settings&, const std::string& api);

}  // namespace encke::gateway
