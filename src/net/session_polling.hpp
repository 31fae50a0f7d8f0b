// SPDX-License-Identifier: MIT
// What only polling needs of a session, an upgrade from it included: gone once the session is on a WebSocket.
// session.cpp is what both transports share; session_polling.cpp is GETs, POSTs and their payloads.
#pragma once

#include <encke/ledger.hpp>
#include <net/session.hpp>
#include <optional>
#include <string>

namespace encke::net {

struct session::polling : ledger::charged<ledger::purpose::session> {
  http_exchange* get = nullptr;   // pending
  http_exchange* post = nullptr;  // being read
  websocket_transport* probing = nullptr;
  bool probe_base64 = false;
  std::optional<std::string> jsonp;
};

}  // namespace encke::net
