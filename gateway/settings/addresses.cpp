// SPDX-License-Identifier: MIT
#include "gateway/settings/addresses.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

#include "gateway/settings/listen_address.hpp"
#include "gateway/text/quotes.hpp"

namespace encke::gateway {
namespace {

using found_addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

found_addresses look_up(const std::string& host, std::string& why) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  // No name stands for the addresses of the loopback, which "localhost" is whatever the resolver has (RFC 6761 6.3).
  const char* name = ::strcasecmp(host.c_str(), "localhost") == 0 ? nullptr : host.c_str();
  const int failed = ::getaddrinfo(name, "0", &hints, &found);
  if (failed != 0) why = gai_strerror(failed);
  return {found, freeaddrinfo};
}

// With port 0, so that whoever has the port now is not in the way.
bool is_here(const addrinfo& one) {
  const int probe = ::socket(one.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return errno != EAFNOSUPPORT;
  const bool is_bound = ::bind(probe, one.ai_addr, one.ai_addrlen) == 0;
  const bool is_elsewhere = !is_bound && errno == EADDRNOTAVAIL;
  ::close(probe);
  return !is_elsewhere;
}

// One listener takes a port from the other, as Linux has it: that of all IPv6 addresses from IPv4, too.
bool meet(const sockaddr* one, const sockaddr* other) {
  const auto in_v6 = [](const sockaddr* of) {
    if (of->sa_family == AF_INET6) return reinterpret_cast<const sockaddr_in6*>(of)->sin6_addr;
    in6_addr mapped{};
    mapped.s6_addr[10] = mapped.s6_addr[11] = 0xff;
    std::memcpy(&mapped.s6_addr[12], &reinterpret_cast<const sockaddr_in*>(of)->sin_addr, 4);
    return mapped;
  };
  const auto a = in_v6(one), b = in_v6(other);
  const auto is_all_v4 = [](const in6_addr& of) {
    return IN6_IS_ADDR_V4MAPPED(&of) && of.s6_addr32[3] == htonl(INADDR_ANY);
  };
  if (IN6_IS_ADDR_UNSPECIFIED(&a) || IN6_IS_ADDR_UNSPECIFIED(&b)) return true;
  if (is_all_v4(a) || is_all_v4(b)) return IN6_IS_ADDR_V4MAPPED(&a) && IN6_IS_ADDR_V4MAPPED(&b);
  return IN6_ARE_ADDR_EQUAL(&a, &b);
}

found_addresses check_address(std::string_view name, const listen_address& address, const check_report& report) {
  std::string why;
  auto found = look_up(address.host, why);
  if (!found) {
    report.refuse(name, fmt::format("{} is not found: {}", in_quotes(address.host), why));
    return found;
  }
  for (const auto* one = found.get(); one != nullptr; one = one->ai_next)
    if (is_here(*one)) return found;
  report.warn(name, fmt::format("{} is no address of this machine", in_quotes(address.host)));
  return found;
}

}  // namespace

void check_addresses(const config& c, const check_report& report) {
  const auto &front = c.server.listen, &back = c.api.listen;
  found_addresses of_front{nullptr, freeaddrinfo}, of_back{nullptr, freeaddrinfo};
  if (!front.is_off()) of_front = check_address("server.listen", front, report);
  if (!back.is_off()) of_back = check_address("api.listen", back, report);
  if (front.port == 0 || front.port != back.port || front == back) return;
  for (const auto* a = of_front.get(); a != nullptr; a = a->ai_next)
    for (const auto* b = of_back.get(); b != nullptr; b = b->ai_next)
      if (meet(a->ai_addr, b->ai_addr))
        return report.refuse(
            "api.listen", fmt::format("takes the same port as `server.listen`, {}", in_quotes(format_address(front))));
}

}  // namespace encke::gateway
