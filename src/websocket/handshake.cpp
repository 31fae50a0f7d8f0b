// SPDX-License-Identifier: MIT
// Upgrade request -> 101 or refusal (RFC 6455 4.2).
#include "websocket/handshake.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

#include "base/base64.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

namespace encke::websocket {
namespace {

bool is_token(std::string_view text) noexcept {
  // RFC 9110 5.6.2
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  for (const char c : text) {
    const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (!alphanumeric && marks.find(c) == marks.npos) return false;
  }
  return !text.empty();
}

std::string_view trim(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t";
  const auto first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// RFC 6455 4.1: 16 random bytes in base64, which is 22 characters and two of padding.
bool is_key(std::string_view key) {
  if (key.size() != 24 || !key.ends_with("==") || key.find_first_of("-_") != key.npos) return false;
  std::string bytes;
  return base64::decode(key, bytes) && bytes.size() == 16;
}

}  // namespace

unsigned status_of(handshake_error e) noexcept {
  return e == handshake_error::bad_method ? 405 : 400;
}

std::string_view to_string(handshake_error e) noexcept {
  switch (e) {
    case handshake_error::bad_method: return "Invalid HTTP method";
    case handshake_error::bad_http_version: return "Invalid HTTP version";
    case handshake_error::no_upgrade: return "Missing or invalid Upgrade or Connection header";
    case handshake_error::bad_version: return "Missing or invalid Sec-WebSocket-Version header";
    case handshake_error::bad_key: return "Missing or invalid Sec-WebSocket-Key header";
    case handshake_error::bad_protocol: return "Invalid Sec-WebSocket-Protocol header";
  }
  return "unknown";
}

void throw_exception_from_error(handshake_error e, const boost::source_location&) {
  throw std::runtime_error{std::string{to_string(e)}};
}

result<accept, handshake_error> check(const http::request& request) {
  if (request.method != "GET") return handshake_error::bad_method;
  if (request.version < 11) return handshake_error::bad_http_version;
  if (!request.header_has_token("Upgrade", "websocket") || !request.header_has_token("Connection", "upgrade"))
    return handshake_error::no_upgrade;
  const auto key = request.header("Sec-WebSocket-Key");
  if (!is_key(key)) return handshake_error::bad_key;
  if (request.header("Sec-WebSocket-Version") != "13") return handshake_error::bad_version;

  accept answer{.key = accept_key(key), .protocol = {}};
  if (request.has_header("Sec-WebSocket-Protocol")) {
    const auto offered = request.header("Sec-WebSocket-Protocol");
    const auto first = trim(offered.substr(0, offered.find(',')));
    if (!is_token(first)) return handshake_error::bad_protocol;
    answer.protocol = first;
  }
  return answer;
}

std::string accept_key(std::string_view key) {
  std::string text{key};
  text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455 1.3
  std::array<char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), &size, EVP_sha1(),
                 nullptr) != 1)
    throw std::runtime_error{"SHA-1 is not available"};
  return base64::encode({digest.data(), size});
}

void append_switching_protocols(std::string& out, const accept& answer,
                                std::span<const std::pair<std::string, std::string>> extra_headers) {
  out += "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ";
  out.append(answer.key).append("\r\n");
  if (!answer.protocol.empty()) out.append("Sec-WebSocket-Protocol: ").append(answer.protocol).append("\r\n");
  for (const auto& [name, value] : extra_headers) http::append_field(out, name, value);
  out += "\r\n";
}

void append_refusal(std::string& out, handshake_error e) {
  http::response answer{
      .status = status_of(e), .content_type = "text/html", .headers = {}, .body = std::string{to_string(e)}};
  if (e == handshake_error::bad_method) answer.headers.emplace_back("Allow", "GET");
  // RFC 6455 4.4: say which versions would have been understood. Version 8 uses the frames of 13.
  if (e == handshake_error::bad_version) answer.headers.emplace_back("Sec-WebSocket-Version", "13, 8");
  constexpr bool keep_alive = false;
  http::append(out, answer, keep_alive);
}

}  // namespace encke::websocket
