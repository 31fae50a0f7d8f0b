// SPDX-License-Identifier: MIT
#include "http/request.hpp"

#include "http/text.hpp"

#include <algorithm>

namespace encke::http {

std::string_view request::path() const noexcept {
  std::string_view all = target;
  // RFC 9112 3.2.2: absolute-form; a server accepts it also from clients that take it for a proxy.
  if (!all.starts_with('/')) {
    const auto scheme = all.find("://");
    if (scheme != all.npos && scheme < all.find_first_of("/?#")) {
      all.remove_prefix(std::min(all.find_first_of("/?#", scheme + 3), all.size()));
      if (!all.starts_with('/')) return "/";
    }
  }
  return all.substr(0, all.find_first_of("?#"));
}

std::string_view request::query() const noexcept {
  std::string_view all = target;
  all = all.substr(0, all.find('#'));
  const auto mark = all.find('?');
  return mark == all.npos ? std::string_view{} : all.substr(mark + 1);
}

std::string_view request::header(std::string_view name) const noexcept {
  for (const auto& field : headers)
    if (iequals(field.name, name)) return field.value;
  return {};
}

std::string request::list_in(std::string_view name) const {
  std::string all;
  for (const auto& field : headers)
    if (iequals(field.name, name)) all.append(all.empty() ? "" : ", ").append(field.value);
  return all;
}

bool request::has_header(std::string_view name) const noexcept {
  return std::ranges::any_of(headers, [name](const auto& field) { return iequals(field.name, name); });
}

bool request::header_has_token(std::string_view name, std::string_view token) const noexcept {
  return std::ranges::any_of(
      headers, [&](const auto& field) { return iequals(field.name, name) && list_has(field.value, token); });
}

}  // namespace encke::http
