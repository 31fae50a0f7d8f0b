// SPDX-License-Identifier: MIT
#include "gateway/settings/listen_address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "gateway/text/quotes.hpp"

namespace encke::gateway {
namespace {

constexpr std::string_view address_help = R"(expected an address such as "0.0.0.0:8080" or "[::1]:8080")";

bool is_ipv4(const std::string& host) {
  in_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1;
}

bool is_ipv6(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

// Labels of letters, digits, '-' and '_' (RFC 1123 2.1); one of digits at the end would be an IPv4 address gone wrong.
bool is_host_name(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.empty() || host.size() > 253) return false;
  std::string_view label;
  for (auto left = host; !left.empty();) {
    label = left.substr(0, left.find('.'));
    if (label.empty() || label.size() > 63 || label.starts_with('-') || label.ends_with('-')) return false;
    const auto belongs = [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; };
    if (!std::all_of(label.begin(), label.end(), belongs)) return false;
    left.remove_prefix(std::min(label.size() + 1, left.size()));
  }
  return !std::all_of(label.begin(), label.end(), [](unsigned char c) { return std::isdigit(c); });
}

bool is_localhost(std::string_view host) {
  return std::ranges::equal(host, std::string_view{"localhost"},
                            [](unsigned char x, char y) { return std::tolower(x) == y; });
}

}  // namespace

std::optional<listen_address> parse_address(std::string_view text, std::string& why) {
  if (text.empty()) return listen_address{};
  const auto colon = text.rfind(':');
  const auto digits = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || end != digits.data() + digits.size() || error != std::errc{}) {
    why = fmt::format("{}, got {}: the port is a number up to 65535", address_help, in_quotes(text));
    return std::nullopt;
  }
  std::string host{text.substr(0, colon)};
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (bracketed ? is_ipv6(host) : is_ipv4(host) || is_host_name(host)) return listen_address{host, port};
  if (!bracketed && is_ipv6(host))
    why = fmt::format("{} needs brackets: write \"[{}]:{}\"", in_quotes(text), host, port);
  else
    why = fmt::format("{}, got {}: the host is an IP address or a name", address_help, in_quotes(text));
  return std::nullopt;
}

std::string format_address(const listen_address& address) {
  if (address.is_off()) return {};
  const bool v6 = address.host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", v6 ? "[" : "", address.host, v6 ? "]" : "", address.port);
}

bool is_loopback(const listen_address& address) {
  if (is_localhost(address.host)) return true;  // which the library takes for its addresses
  in_addr v4{};
  if (inet_pton(AF_INET, address.host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  if (inet_pton(AF_INET6, address.host.c_str(), &v6) != 1) return false;
  return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
}

}  // namespace encke::gateway
