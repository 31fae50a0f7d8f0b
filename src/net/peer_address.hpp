// SPDX-License-Identifier: MIT
// The address of a peer, compactly: it is kept for every connection.
#pragma once

#include <array>
#include <cstdint>
#include <string>

struct sockaddr_storage;

namespace encke::net {

class peer_address {
 public:
  peer_address() = default;
  explicit peer_address(const sockaddr_storage&);

  /// Without the port; an IPv4 address mapped into IPv6 as IPv4.
  [[nodiscard]] std::string to_string() const;

 private:
  std::array<std::uint8_t, 16> bytes_{};
  bool v6_ = false;
};

}  // namespace encke::net
