// SPDX-License-Identifier: MIT
#include "gateway/api/access.hpp"

#include <algorithm>
#include <cctype>

namespace encke::gateway {

namespace {

bool is_loopback_ip(std::string_view address) {
  if (address.starts_with("::ffff:")) address.remove_prefix(7);
  return address.starts_with("127.") || address == "::1";
}

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

bool is_this_machine(std::string_view host) {
  const auto name = without_port(host);
  // A name such as 127.example.org belongs to anybody: only digits make it an address.
  const bool is_ipv4 = name.starts_with("127.") && name.find_first_not_of("0123456789.") == std::string_view::npos;
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  return name.empty() || is_ipv4 || name == "::1" || std::ranges::equal(name, std::string_view{"localhost"}, same);
}

// "http://localhost:9090/path" is of "localhost:9090".
std::string_view host_of(std::string_view url) {
  const auto scheme = url.find("//");
  if (scheme == std::string_view::npos) return {};
  url.remove_prefix(scheme + 2);
  return url.substr(0, url.find('/'));
}

// Fetch Metadata Request Headers 2.3: browsers say from where a request is made, and no page can say otherwise; "none"
// is a person at the address bar. Older ones tell the origin, or at least the page, of most of them.
bool is_from_another_page(const http_request& request) {
  if (const auto site = request.header("sec-fetch-site"); !site.empty()) return site != "same-origin" && site != "none";
  for (const auto* name : {"origin", "referer"})
    if (const auto page = request.header(name); !page.empty()) return host_of(page) != request.header("host");
  return false;
}

std::optional<problem> refusal_without_keys(const http_request& request) {
  if (!is_loopback_ip(request.address) || !is_this_machine(request.header("host")))
    return problem{.status = 403,
                   .code = "key_required",
                   .detail = "without an API key in the settings only this machine may call, by the name localhost"};
  if (is_from_another_page(request))
    return problem{.status = 403,
                   .code = "other_origin",
                   .detail = "without an API key in the settings pages of other origins may not call"};
  return std::nullopt;
}

problem unauthorized(std::string_view code, std::string detail, std::string challenge) {
  return {.status = 401,
          .code = code,
          .detail = std::move(detail),
          .errors = {},
          .headers = {{"WWW-Authenticate", std::move(challenge)}}};
}

}  // namespace

std::string_view bearer_of(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  if (authorization.size() <= scheme.size()) return {};
  for (std::size_t i = 0; i < scheme.size(); ++i)
    if (std::tolower(static_cast<unsigned char>(authorization[i])) != scheme[i]) return {};
  authorization.remove_prefix(std::min(authorization.find_first_not_of(' ', scheme.size()), authorization.size()));
  const auto last = authorization.find_last_not_of(" \t");
  return last == std::string_view::npos ? std::string_view{} : authorization.substr(0, last + 1);
}

key_ring::key_ring(std::vector<api_key> keys, access_hook on_refused) : on_refused_{std::move(on_refused)} {
  replace(std::move(keys));
}

void key_ring::replace(std::vector<api_key> keys) {
  keys_.store(std::make_shared<const std::vector<api_key>>(std::move(keys)));
}

std::optional<problem> key_ring::refusal_of(const http_request& request) const {
  auto refusal = check(request);
  if (refusal && on_refused_) on_refused_(request, refusal->code);
  return refusal;
}

std::optional<problem> key_ring::check(const http_request& request) const {
  const auto keys = keys_.load();
  if (keys->empty()) return refusal_without_keys(request);
  const auto presented = bearer_of(request.header("authorization"));
  // RFC 6750 3: a request without any credentials is not told an error code.
  if (presented.empty())
    return unauthorized("missing_key", "an API key is wanted: Authorization: Bearer KEY", R"(Bearer realm="encke")");
  if (!find_key(*keys, presented))
    return unauthorized("wrong_key", "the API key is not one of those in the settings",
                        R"(Bearer realm="encke", error="invalid_token")");
  return std::nullopt;
}

std::string key_ring::name_of(const http_request& request) const {
  const auto presented = bearer_of(request.header("authorization"));
  if (presented.empty()) return {};
  const auto keys = keys_.load();
  const auto* key = find_key(*keys, presented);
  return key ? key->name : std::string{};
}

}  // namespace encke::gateway
