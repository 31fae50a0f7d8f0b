// SPDX-License-Identifier: MIT
#include "http/cors.hpp"

#include "http/text.hpp"

#include <algorithm>

namespace encke::http {
namespace {

bool is_host_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

bool matches(std::string_view pattern, std::string_view origin) noexcept {
  const auto star = pattern.find('*');
  if (star == pattern.npos) return iequals(pattern, origin);
  const auto before = pattern.substr(0, star);
  const auto after = pattern.substr(star + 1);
  if (origin.size() <= before.size() + after.size()) return false;
  // Only a host name may stand for the star, or "https://evil.com/.example.com" would pass.
  const auto middle = origin.substr(before.size(), origin.size() - before.size() - after.size());
  return iequals(origin.substr(0, star), before) && iequals(origin.substr(origin.size() - after.size()), after) &&
         std::ranges::all_of(middle, is_host_character);
}

// Caches must keep answers apart that differ by these request fields (RFC 9110 12.5.5).
void add_vary(header_list& out, std::string_view name) {
  const auto vary = std::ranges::find_if(out, [](const auto& field) { return iequals(field.first, "Vary"); });
  if (vary == out.end()) {
    out.emplace_back("Vary", name);
    return;
  }
  if (vary->second == "*" || list_has(vary->second, name)) return;
  if (!vary->second.empty()) vary->second += ", ";
  vary->second += name;
}

void add_origin(const cors_policy& policy, std::string_view origin, header_list& out) {
  constexpr auto allow_origin = "Access-Control-Allow-Origin";
  switch (policy.origin) {
    case cors_policy::mode::off: return;
    case cors_policy::mode::any: out.emplace_back(allow_origin, "*"); return;
    case cors_policy::mode::fixed:
      if (!policy.origins.empty()) out.emplace_back(allow_origin, policy.origins.front());
      break;
    case cors_policy::mode::list:
    case cors_policy::mode::reflect:
      if (is_origin_allowed(policy, origin)) out.emplace_back(allow_origin, origin);
      break;
  }
  add_vary(out, "Origin");
}

}  // namespace

bool is_origin_allowed(const cors_policy& policy, std::string_view origin) noexcept {
  switch (policy.origin) {
    case cors_policy::mode::off: return false;
    case cors_policy::mode::any: return true;
    case cors_policy::mode::fixed:
      return !policy.origins.empty() && (origin.empty() || iequals(policy.origins.front(), origin));
    case cors_policy::mode::list:
      return std::ranges::any_of(policy.origins, [origin](const auto& pattern) { return matches(pattern, origin); });
    case cors_policy::mode::reflect: return !origin.empty();
  }
  return false;
}

void add_cors(const cors_policy& policy, const request& request, header_list& out) {
  if (policy.origin == cors_policy::mode::off) return;
  add_origin(policy, request.header("Origin"), out);
  if (policy.credentials) out.emplace_back("Access-Control-Allow-Credentials", "true");
  if (!policy.exposed_headers.empty()) out.emplace_back("Access-Control-Expose-Headers", policy.exposed_headers);
}

bool is_preflight(const cors_policy& policy, const request& request) noexcept {
  return policy.origin != cors_policy::mode::off && request.method == "OPTIONS";
}

response preflight(const cors_policy& policy, const request& request) {
  response answer{.status = 204, .content_type = {}, .headers = {}, .body = {}};
  auto& out = answer.headers;
  add_cors(policy, request, out);
  if (!policy.methods.empty()) out.emplace_back("Access-Control-Allow-Methods", policy.methods);
  if (!policy.allowed_headers.empty()) {
    out.emplace_back("Access-Control-Allow-Headers", policy.allowed_headers);
  } else {
    const auto asked = request.header("Access-Control-Request-Headers");
    add_vary(out, "Access-Control-Request-Headers");
    if (!asked.empty()) out.emplace_back("Access-Control-Allow-Headers", asked);
  }
  if (policy.max_age) out.emplace_back("Access-Control-Max-Age", std::to_string(policy.max_age->count()));
  // Some browsers wait for a body of a 204 that does not say it has none.
  out.emplace_back("Content-Length", "0");
  return answer;
}

}  // namespace encke::http
