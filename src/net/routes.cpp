// SPDX-License-Identifier: MIT
#include <net/routes.hpp>

#include <http/query.hpp>
#include <stdexcept>

namespace encke::net {

namespace {

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  for (;;) {
    path.remove_prefix(1);  // the slash
    const auto end = path.find('/');
    segments.push_back(path.substr(0, end));
    if (end == std::string_view::npos) return segments;
    path.remove_prefix(end);
  }
}

bool is_parameter(std::string_view segment) {
  return segment.starts_with('{') && segment.ends_with('}');
}
bool is_rest(std::string_view segment) {
  return segment.starts_with('{') && segment.ends_with("*}");
}

// What the pattern's parameters matched, or nothing.
std::optional<std::vector<std::pair<std::string, std::string>>> match_path(const std::vector<std::string>& pattern,
                                                                           std::string_view path) {
  std::vector<std::pair<std::string, std::string>> params;
  const auto segments = split(path);
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const std::string_view part = pattern[i];
    if (i >= segments.size()) return std::nullopt;
    if (is_rest(part)) {
      const auto rest = path.substr(static_cast<std::size_t>(segments[i].data() - path.data()));
      params.emplace_back(part.substr(1, part.size() - 3), rest);  // undecoded: safe_path is stricter than a decoder
      return params;
    }
    if (is_parameter(part) && segments[i].empty()) return std::nullopt;
    if (is_parameter(part))
      params.emplace_back(part.substr(1, part.size() - 2), http::percent_decode(segments[i]));
    else if (part != segments[i])
      return std::nullopt;
  }
  if (segments.size() != pattern.size()) return std::nullopt;
  return params;
}

// As proxies leave them: "//a//b/" is "/a/b".
std::string without_spare_slashes(std::string_view path) {
  std::string tidy;
  for (const char c : path)
    if (c != '/' || !tidy.ends_with('/')) tidy += c;
  if (tidy.size() > 1 && tidy.ends_with('/')) tidy.pop_back();
  return tidy;
}

}  // namespace

void routes::add(std::string_view method, std::string_view pattern, http_handler handler, route_options options) {
  if (!pattern.starts_with('/'))
    throw std::invalid_argument{"a route's pattern begins with /: " + std::string{pattern}};
  route added{std::string{method}, {}, std::move(handler), options};
  for (const auto segment : split(pattern)) added.segments.emplace_back(segment);
  routes_.push_back(std::move(added));
}

bool routes::serves(const route& one, std::string_view method) {
  return one.method == method || (method == "HEAD" && one.method == "GET");
}

routes::match routes::find(std::string_view method, std::string_view path, bool internal) const {
  if (!path.starts_with('/')) return {};
  auto exact = find_exactly(method, path, internal, rest_too::yes);
  if (exact.found || !exact.allow.empty()) return exact;
  const auto tidy = without_spare_slashes(path);
  auto tidied = find_exactly(method, tidy, internal, rest_too::yes);
  if (tidied.found || !tidied.allow.empty()) return tidied;
  return find_exactly(method, tidy + '/', internal, rest_too::no);
}

routes::match routes::find_exactly(std::string_view method, std::string_view path, bool internal,
                                   rest_too takes_rest) const {
  match result;
  for (const auto& one : routes_) {
    if (one.options.internal != internal) continue;
    if (takes_rest == rest_too::no && is_rest(one.segments.back())) continue;
    auto params = match_path(one.segments, path);
    if (!params) continue;
    if (serves(one, method)) {
      result.found = &one;
      result.params = std::move(*params);
      return result;
    }
    result.allow += one.method == "GET" ? "GET, HEAD, " : one.method + ", ";
  }
  if (!result.allow.empty()) result.allow += "OPTIONS";
  return result;
}

}  // namespace encke::net
