// SPDX-License-Identifier: MIT
// Link: all that the hub asks of a transport. Implemented by net/session; tests use one that writes into a vector.
#pragma once

#include <encke/reason.hpp>
#include <hub/frame.hpp>
#include <string>

namespace encke::hub {

/// Facts about a connection that may change while it lives.
struct link_facts {
  std::string address;
  bool websocket = false;
  bool secure = false;
};

class link {
 public:
  /// Queues a frame; the overflow policy is the link's. `lossy`: dropped unless it could leave at once.
  /// Never calls back into the hub.
  virtual void send(const frame_ptr&, bool lossy) = 0;
  /// Ends the session in order: what is queued still goes out. The hub hears of it through client::on_closed.
  virtual void close(reason) = 0;
  /// A first namespace was joined: the connect time-out is off.
  virtual void on_joined() = 0;
  [[nodiscard]] virtual link_facts facts() const = 0;

 protected:
  ~link() = default;
};

}  // namespace encke::hub
