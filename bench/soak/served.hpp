// SPDX-License-Identifier: MIT
// A server under test: the library's, with the gateway's own door and members around it, on threads of its own.
#pragma once

#include <cstdint>
#include <encke/encke.hpp>
#include <thread>

#include "gateway/clients/door.hpp"
#include "gateway/clients/presence.hpp"
#include "gateway/clients/refusals.hpp"
#include "gateway/log/log.hpp"

namespace encke::soak {

/// The gateway's own, or so tight that a hostile client meets them soon.
enum class limits : std::uint8_t { usual, tight };
inline constexpr std::size_t tight_payload = 60'000;

class served {
 public:
  /// Listens on two free ports of 127.0.0.1, one for TLS, and serves. `later`: a token may come in the CONNECT payload,
  /// too.
  served(unsigned workers, bool later, const tls_options&, limits = limits::usual);
  served(const served&) = delete;
  served& operator=(const served&) = delete;
  ~served();

  [[nodiscard]] std::uint16_t port(bool secure) const { return secure ? tls_port_ : port_; }
  /// Nobody is connected and nobody is counted as present.
  [[nodiscard]] bool is_quiet() const;
  [[nodiscard]] stats counts() const { return io_.stats(); }

 private:
  void add_events();

  gateway::logger log_;
  gateway::presence present_;
  gateway::refusals refused_;
  server io_;
  gateway::door door_;
  std::uint16_t port_ = 0;
  std::uint16_t tls_port_ = 0;
  std::thread thread_;
};

}  // namespace encke::soak
