// SPDX-License-Identifier: MIT
#include "http/origin.hpp"

#include "http/text.hpp"

#include <algorithm>
#include <optional>

namespace encke::http {
namespace {

struct authority {
  std::string_view host, port;  // an IPv6 address in its brackets; "": the scheme's default
};

// RFC 3986 3.2, without user information: neither an origin nor a Host has any.
std::optional<authority> split(std::string_view text) {
  const auto bracket = text.starts_with('[') ? text.find(']') : 0;
  if (bracket == text.npos) return std::nullopt;
  const auto colon = text.find(':', bracket);
  const authority parts{text.substr(0, colon), colon == text.npos ? std::string_view{} : text.substr(colon + 1)};
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (parts.host.empty() || !std::ranges::all_of(parts.port, is_digit)) return std::nullopt;
  return parts;
}

// "https://example.com" of "https://example.com/a?b"; as it is if it has no path.
std::string_view origin_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == url.npos) return url;
  return url.substr(0, url.find_first_of("/?#", scheme + 3));
}

bool is_listed(const cors_policy& policy, std::string_view origin) {
  switch (policy.origin) {
    case cors_policy::mode::list: return is_origin_allowed(policy, origin);
    case cors_policy::mode::reflect: return policy.credentials;
    case cors_policy::mode::off:
    case cors_policy::mode::any:
    case cors_policy::mode::fixed: return false;
  }
  return false;
}

}  // namespace

bool is_same_origin(std::string_view origin, std::string_view host, bool secure) noexcept {
  const auto end = std::min(origin.find("://"), origin.size());
  const auto scheme = origin.substr(0, end);
  const bool is_https = iequals(scheme, "https");
  if (end == origin.size() || (secure ? !is_https : !is_https && !iequals(scheme, "http"))) return false;
  const auto page = split(origin.substr(end + 3));
  const auto asked = split(host);
  if (!page || !asked || !iequals(page->host, asked->host)) return false;
  const std::string_view usual = is_https ? "443" : "80";
  const auto port_of = [usual](const authority& one) { return one.port.empty() ? usual : one.port; };
  return port_of(*page) == port_of(*asked);
}

bool is_foreign(const request& sent, const cors_policy& policy, bool secure, bool is_script) noexcept {
  const auto is_ours = [&](std::string_view origin) {
    return origin != "null" && (is_same_origin(origin, sent.header("Host"), secure) || is_listed(policy, origin));
  };
  bool has_origin = false;
  for (const auto& field : sent.headers) {
    if (!iequals(field.name, "Origin")) continue;
    if (!is_ours(field.value)) return true;
    has_origin = true;
  }
  if (has_origin) return false;
  const auto site = sent.header("Sec-Fetch-Site");
  if (site == "same-origin") return false;
  if (site == "none") return is_script;  // typed by the user; nobody types a script
  const auto page = sent.header("Referer");
  if (!page.empty()) return !is_ours(origin_of(page));
  return !site.empty() || is_script;
}

}  // namespace encke::http
