// SPDX-License-Identifier: MIT
#include "http/cookie.hpp"

#include "http/text.hpp"

namespace encke::http {

std::optional<std::string_view> next_cookie(std::string_view& cookie_header, std::string_view name) noexcept {
  while (const auto pair = next_element(cookie_header, ';')) {
    const auto equals = pair->find('=');
    if (equals == pair->npos || trim(pair->substr(0, equals)) != name) continue;
    auto value = trim(pair->substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    return value;
  }
  return std::nullopt;
}

std::optional<std::string_view> cookie(std::string_view cookie_header, std::string_view name) noexcept {
  return next_cookie(cookie_header, name);
}

}  // namespace encke::http
