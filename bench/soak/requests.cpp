// SPDX-License-Identifier: MIT
#include "bench/soak/requests.hpp"

#include <stdexcept>

namespace encke::soak {

namespace {

// The request line and what browsers and client libraries send with it.
std::string begin_request(std::string_view method, const wish& w) {
  std::string text;
  text.reserve(600 + w.token.size());
  text += method;
  text += " /socket.io/?EIO=";
  text += w.revision == 3 ? '3' : '4';
  text += w.websocket ? "&transport=websocket" : "&transport=polling";
  if (!w.sid.empty()) text.append("&sid=").append(w.sid);
  const bool has_token = !w.token.empty();
  if (has_token && w.where == token_place::query) text.append("&token=").append(w.token);
  text += " HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: encke-soak\r\nAccept: */*\r\n";
  text += w.secure ? "Origin: https://127.0.0.1\r\n" : "Origin: http://127.0.0.1\r\n";
  if (has_token && w.where == token_place::cookie) text.append("Cookie: a=b; token=").append(w.token).append("\r\n");
  if (has_token && w.where == token_place::header) text.append("Authorization: Bearer ").append(w.token).append("\r\n");
  return text;
}

}  // namespace

std::string get_request(const wish& w) {
  auto text = begin_request("GET", w);
  if (w.websocket)
    text +=
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate\r\n";
  else
    text += w.close ? "Connection: close\r\n" : "Connection: keep-alive\r\n";
  text += "\r\n";
  return text;
}

std::string post_request(const wish& w, std::string_view packet) {
  std::string body;
  if (w.revision == 3) body = std::to_string(packet.size()) + ":";  // the packets here are ASCII
  body += packet;
  auto text = begin_request("POST", w);
  text +=
      "Content-Type: text/plain;charset=UTF-8\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  return text;
}

std::string sid_in(std::string_view answered) {
  constexpr std::string_view name = R"("sid":")";
  const auto at = answered.find(name);
  if (at == answered.npos) throw std::runtime_error{"no sid in: " + std::string{answered}};
  const auto begin = at + name.size();
  return std::string{answered.substr(begin, answered.find('"', begin) - begin)};
}

}  // namespace encke::soak
