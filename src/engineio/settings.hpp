// SPDX-License-Identifier: MIT
// Settings: what an operator may choose about Engine.IO, with the defaults of the reference server.
// One object per server; it is checked at start-up and outlives every session.
#pragma once

#include <chrono>
#include <cstddef>
#include <encke/transport.hpp>

namespace encke::engineio {

using encke::transport;

struct settings {
  std::chrono::milliseconds ping_interval{25'000};
  std::chrono::milliseconds ping_timeout{20'000};
  std::chrono::milliseconds upgrade_timeout{10'000};
  std::chrono::milliseconds polling_close_grace{30'000};  ///< how long an orderly close waits for the client's next GET
  std::chrono::milliseconds noop_period{100};  ///< between noops to a client that polls on and on while it is probed
  std::size_t max_payload = 1'000'000;         ///< bytes of one POST body and of one WebSocket message
  bool allow_upgrades = true;
  bool allow_eio3 = false;
  bool jsonp = true;
  bool polling = true;
  bool websocket = true;
};

}  // namespace encke::engineio
