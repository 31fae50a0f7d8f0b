// SPDX-License-Identifier: MIT
#include <net/peer_address.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <algorithm>
#include <cstring>

namespace encke::net {

peer_address::peer_address(const sockaddr_storage& from) {
  if (from.ss_family == AF_INET) {
    std::memcpy(bytes_.data(), &reinterpret_cast<const sockaddr_in&>(from).sin_addr, 4);
    return;
  }
  if (from.ss_family != AF_INET6) return;
  const auto& address = reinterpret_cast<const sockaddr_in6&>(from).sin6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&address)) {
    std::memcpy(bytes_.data(), address.s6_addr + 12, 4);
    return;
  }
  v6_ = true;
  std::memcpy(bytes_.data(), &address, bytes_.size());
}

std::string peer_address::to_string() const {
  char text[INET6_ADDRSTRLEN] = "";
  ::inet_ntop(v6_ ? AF_INET6 : AF_INET, bytes_.data(), text, sizeof text);
  return text;
}

}  // namespace encke::net
