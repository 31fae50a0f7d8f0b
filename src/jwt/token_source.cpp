// SPDX-License-Identifier: MIT
// Token sources: the places of a request where a token may be, and how those places look in a log.
// Called by `protect` and by programs that log requests. Pure text handling; the URL's query is decoded by the caller.
#include "jwt/token_source.hpp"

#include <algorithm>

#include "http/cookie.hpp"
#include "http/query.hpp"
#include "http/text.hpp"

namespace encke::jwt {
namespace {

using kind = token_source::kind;

constexpr std::size_t longest_name = 64;
constexpr std::string_view hidden = "***";

bool is_name(std::string_view text) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  };
  return !text.empty() && text.size() <= longest_name && std::ranges::all_of(text, is_plain);
}

std::optional<token_source> parse_source(std::string_view text) {
  if (text == "header") return token_source{kind::header, {}};
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || !is_name(text.substr(colon + 1))) return std::nullopt;
  std::string name{text.substr(colon + 1)};
  const auto where = text.substr(0, colon);
  if (where == "query") return token_source{kind::query, std::move(name)};
  if (where == "cookie") return token_source{kind::cookie, std::move(name)};
  if (where == "auth") return token_source{kind::auth, std::move(name)};
  return std::nullopt;
}

// Takes what stands before `separator` off the front of `rest`.
std::string_view take(std::string_view& rest, char separator) {
  const auto end = std::min(rest.find(separator), rest.size());
  const auto piece = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return piece;
}

// RFC 6750 2.1; schemes are compared without case (RFC 9110 11.1).
std::string_view bearer_token(std::string_view authorization) {
  auto rest = http::trim(authorization);
  return http::iequals(take(rest, ' '), "bearer") ? http::trim(rest) : std::string_view{};
}

bool is_secret_parameter(std::string_view name, std::span<const token_source> lookup) {
  return std::ranges::any_of(lookup, [decoded = http::percent_decode(name)](const token_source& source) {
    return source.where == kind::query && source.name == decoded;
  });
}

std::string redact_cookies(std::string_view cookies) {
  std::string out;
  while (!cookies.empty()) {
    const bool has_separator = cookies.find(';') != std::string_view::npos;
    const auto pair = take(cookies, ';');
    const auto equals = pair.find('=');
    // A piece without a name is a value.
    if (equals != std::string_view::npos) out += pair.substr(0, equals + 1);
    out += hidden;
    if (has_separator) out += ';';
  }
  return out;
}

std::string redact_authorization(std::string_view value) {
  const auto space = value.find(' ');
  std::string out{space == std::string_view::npos ? std::string_view{} : value.substr(0, space + 1)};
  return out += hidden;
}

}  // namespace

std::string to_string(const token_source& source) {
  switch (source.where) {
    case kind::query: return "query:" + source.name;
    case kind::cookie: return "cookie:" + source.name;
    case kind::header: return "header";
    case kind::auth: return "auth:" + source.name;
  }
  return {};
}

std::vector<token_source> parse_lookup(std::span<const std::string> lookup, std::vector<std::string>& faults) {
  std::vector<token_source> sources;
  if (lookup.empty()) faults.emplace_back("no place to look for a token is given");
  for (const auto& text : lookup) {
    auto source = parse_source(text);
    if (!source) {
      faults.push_back("\"" + text + "\" is not a place for a token: query:NAME, cookie:NAME, header or auth:NAME");
      continue;
    }
    if (std::ranges::find(sources, *source) != sources.end()) {
      faults.push_back("\"" + text + "\" is given twice");
      continue;
    }
    sources.push_back(std::move(*source));
  }
  return sources;
}

void each_token(std::span<const token_source> lookup, const query_getter& query, std::string_view cookie,
                std::string_view authorization, const token_visitor& visit) {
  for (const auto& source : lookup) {
    switch (source.where) {
      case kind::query: {
        const auto token = query(source.name);
        if (token && !token->empty() && !visit(source, *token)) return;
        break;
      }
      case kind::cookie: {
        auto rest = cookie;
        while (const auto token = http::next_cookie(rest, source.name))
          if (!token->empty() && !visit(source, *token)) return;
        break;
      }
      case kind::header: {
        const auto token = bearer_token(authorization);
        if (!token.empty() && !visit(source, token)) return;
        break;
      }
      case kind::auth: break;
    }
  }
}

std::optional<found_token> find_in_request(std::span<const token_source> lookup, const query_getter& query,
                                           std::string_view cookie, std::string_view authorization) {
  std::optional<found_token> first;
  each_token(lookup, query, cookie, authorization, [&first](const token_source& source, std::string_view token) {
    first = found_token{source, std::string{token}};
    return false;
  });
  return first;
}

std::string redact_url(std::string_view url, std::span<const token_source> lookup) {
  const auto mark = url.find('?');
  const auto begin = mark == std::string_view::npos ? 0 : mark + 1;
  const auto end = std::min(url.find('#', begin), url.size());
  std::string out{url.substr(0, begin)};
  auto rest = url.substr(begin, end - begin);
  while (!rest.empty()) {
    const bool has_separator = rest.find('&') != std::string_view::npos;
    const auto parameter = take(rest, '&');
    const auto equals = parameter.find('=');
    const bool is_secret = equals != std::string_view::npos && is_secret_parameter(parameter.substr(0, equals), lookup);
    out += is_secret ? parameter.substr(0, equals + 1) : parameter;
    if (is_secret) out += hidden;
    if (has_separator) out += '&';
  }
  return out += url.substr(end);
}

std::string redact_header(std::string_view name, std::string_view value) {
  if (http::iequals(name, "authorization") || http::iequals(name, "proxy-authorization"))
    return redact_authorization(value);
  if (http::iequals(name, "cookie") || http::iequals(name, "set-cookie")) return redact_cookies(value);
  return std::string{value};
}

}  // namespace encke::jwt
