// SPDX-License-Identifier: MIT
// Upgrade request -> 101 or refusal (RFC 6455 4.2).
#include "websocket/handshake.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include <encke/base64.hpp>
#include "http/request.hpp"
#include "http/response.hpp"
#include "http/text.hpp"

namespace encke::websocket {
namespace {

// RFC 6455 11.3.1, 11.3.5: these may be there only once.
bool is_twice(const http::request& request, std::string_view name) {
  return std::ranges::count_if(request.headers, [name](const auto& field) { return http::iequals(field.name, name); }) >
         1;
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
    case handshake_error::bad_extensions: return "Invalid or unacceptable Sec-WebSocket-Extensions header";
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
  if (!is_key(key) || is_twice(request, "Sec-WebSocket-Key")) return handshake_error::bad_key;
  if (request.header("Sec-WebSocket-Version") != "13" || is_twice(request, "Sec-WebSocket-Version"))
    return handshake_error::bad_version;

  accept answer{.key = accept_key(key), .protocol = {}};
  if (request.has_header("Sec-WebSocket-Protocol")) {
    const auto offered = request.header("Sec-WebSocket-Protocol");
    const auto first = http::trim(offered.substr(0, offered.find(',')));
    if (!http::is_token(first)) return handshake_error::bad_protocol;
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
                                std::span<const std::pair<std::string, std::string>> extra_headers,
                                std::string_view date) {
  out += "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ";
  out.append(answer.key).append("\r\n");
  if (!answer.protocol.empty()) out.append("Sec-WebSocket-Protocol: ").append(answer.protocol).append("\r\n");
  for (const auto& [name, value] : extra_headers) http::append_field(out, name, value);
  if (!date.empty()) http::append_field(out, "Date", date);
  out += "\r\n";
}

void append_refusal(std::string& out, handshake_error e, std::string_view date) {
  http::response answer{
      .status = status_of(e), .content_type = "text/html", .headers = {}, .body = std::string{to_string(e)}};
  if (e == handshake_error::bad_method) answer.headers.emplace_back("Allow", "GET");
  // RFC 6455 4.4: say which version would have been understood.
  if (e == handshake_error::bad_version) answer.headers.emplace_back("Sec-WebSocket-Version", "13");
  http::append(out, answer, {.keep_alive = false, .date = date});
}

}  // namespace encke::websocket
