// SPDX-License-Identifier: MIT
#include "gateway/top/url.hpp"

#include <fmt/format.h>

#include <charconv>

namespace encke::gateway {

namespace {

constexpr std::string_view scheme = "http://";

}  // namespace

std::string api_url::text() const {
  return fmt::format("{}{}{}", scheme, host_and_port(), prefix);
}

std::string api_url::host_and_port() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  return is_v6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

std::optional<api_url> parse_api_url(std::string_view text, std::string& why) {
  if (text.starts_with("https://")) {
    why = "https is not spoken here: give the gateway's own address, as in http://127.0.0.1:9090";
    return std::nullopt;
  }
  if (text.starts_with(scheme)) text.remove_prefix(scheme.size());
  api_url url;
  const auto slash = text.find('/');
  if (slash != std::string_view::npos) {
    url.prefix = text.substr(slash);
    while (url.prefix.ends_with('/')) url.prefix.pop_back();
    text = text.substr(0, slash);
  }
  const auto colon = text.rfind(':');
  const bool is_v6 = text.starts_with('[');
  auto host = text.substr(0, colon);
  if (is_v6 && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  unsigned port = 0;
  const auto digits = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  const bool has_port = failed == std::errc{} && end == digits.data() + digits.size() && port >= 1 && port <= 65535;
  const bool is_plain = text.find_first_of("@?# ") == std::string_view::npos && host.find_first_of("[]") == host.npos &&
                        (is_v6 || host.find(':') == host.npos);
  if (host.empty() || !has_port || !is_plain) {
    why = "must be an address and a port, as in http://127.0.0.1:9090";
    return std::nullopt;
  }
  url.host = host;
  url.port = digits;
  return url;
}

}  // namespace encke::gateway
