// SPDX-License-Identifier: MIT
#include "bench/load/target.hpp"

#include <fmt/format.h>
#include <netdb.h>

#include <cstring>

namespace encke::load {

namespace {

constexpr std::string_view upgrade_fields =
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: ZW5ja2UtYmVuY2gtbG9hZA==\r\n\r\n";

}  // namespace

std::optional<url> read_url(std::string_view text, std::string_view default_path) {
  if (text.starts_with("ws://")) {
    text.remove_prefix(5);
  } else if (text.starts_with("http://")) {
    text.remove_prefix(7);
  } else {
    return {};
  }
  const auto slash = text.find('/');
  auto authority = text.substr(0, slash);
  url u;
  u.path = slash == std::string_view::npos || slash + 1 == text.size() ? default_path : text.substr(slash);
  u.port = "80";
  const auto colon = authority.rfind(':');
  if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
    u.port = authority.substr(colon + 1);
    authority = authority.substr(0, colon);
  }
  u.host = authority;
  if (u.host.empty() || u.port.empty()) return {};
  return u;
}

std::optional<endpoint> resolve(const url& of) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  auto host = of.host;
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), of.port.c_str(), &wanted, &found) != 0 || found == nullptr) return {};
  endpoint e;
  std::memcpy(&e.address, found->ai_addr, found->ai_addrlen);
  e.size = found->ai_addrlen;
  freeaddrinfo(found);
  return e;
}

std::string target::query(std::string_view transport) const {
  return fmt::format("{}?EIO={}&transport={}{}", where.path, eio, transport,
                     eio == 3 && transport == "polling" ? "&b64=1" : "");
}

std::string target::handshake(std::string_view transport, std::string_view token, bool keep_alive) const {
  const auto credentials = token.empty() ? std::string{} : fmt::format("&{}={}", param, token);
  return fmt::format("GET {}{} HTTP/1.1\r\nHost: {}\r\nAccept: */*\r\n{}\r\n", query(transport), credentials,
                     where.authority(), keep_alive ? "" : "Connection: close\r\n");
}

std::string target::upgrade(std::string_view token) const {
  auto request = handshake("websocket", token);
  request.resize(request.size() - 2);
  return request + std::string{upgrade_fields};
}

std::string target::probe(std::string_view sid) const {
  return fmt::format("GET {}&sid={} HTTP/1.1\r\nHost: {}\r\n{}", query("websocket"), sid, where.authority(),
                     upgrade_fields);
}

std::string target::poll(std::string_view sid) const {
  return fmt::format("GET {}&sid={} HTTP/1.1\r\nHost: {}\r\nAccept: */*\r\n\r\n", query("polling"), sid,
                     where.authority());
}

std::string target::post(std::string_view sid) const {
  return fmt::format("POST {}&sid={} HTTP/1.1\r\nHost: {}\r\nContent-Type: text/plain;charset=UTF-8\r\n",
                     query("polling"), sid, where.authority());
}

}  // namespace encke::load
