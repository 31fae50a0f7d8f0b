// SPDX-License-Identifier: MIT
// Observers of clients: who wants to know when a client comes and goes is one of a list, and knows nothing of the
// others. The list is put together by app.
#pragma once

#include <encke/reason.hpp>
#include <encke/server.hpp>
#include <memory>
#include <string>
#include <vector>

#include "gateway/clients/guest.hpp"

namespace encke::gateway {

/// Told on the socket's worker, on several at the same time. What it throws is reported as a fault; the others are told
/// all the same.
class client_observer {
 public:
  virtual ~client_observer() = default;
  /// It has connected. Its handshake is still there; it may be disconnected.
  virtual void on_connect(const socket&, const guest&) const {}
  /// It has left, and is in no room. Only of those whose coming was told.
  virtual void on_disconnect(const socket&, const guest&, reason) const {}
};
using client_observers = std::vector<std::shared_ptr<const client_observer>>;

/// Tells them, in their order, of the clients in these namespaces, whose sockets it gives their `guest`. At most 255.
/// Before `run`.
void watch_clients(server&, const std::vector<std::string>& namespaces, client_observers);

}  // namespace encke::gateway
