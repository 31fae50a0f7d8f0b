// SPDX-License-Identifier: MIT
// A server under test: the library's, with the gateway's own door and members around it, on threads of its own.
#pragma once

#include <cstdint>
#include <encke/encke.hpp>
#include <thread>

#include "gateway/door.hpp"
#include "gateway/log.hpp"
#include "gateway/presence.hpp"

namespace encke::soak {

class served {
 public:
  /// Listens on a free port of 127.0.0.1 and serves. `later`: a token may come in the CONNECT payload, too.
  served(unsigned workers, bool later);
  served(const served&) = delete;
  served& operator=(const served&) = delete;
  ~served();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Nobody is connected and nobody is counted as present.
  [[nodiscard]] bool is_quiet() const;
  [[nodiscard]] stats counts() const { return io_.stats(); }

 private:
  void add_push();

  gateway::logger log_;
  gateway::presence present_;
  server io_;
  gateway::door door_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace encke::soak
