// SPDX-License-Identifier: MIT
#include "http.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <strings.h>

#include <array>
#include <charconv>

namespace limit {
namespace {

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes what is before `mark` off the front of `text`, and the mark; all of it if there is none.
std::string_view take_until(std::string_view& text, char mark) {
  const auto end = text.find(mark);
  const auto taken = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return taken;
}

// Values are taken as they stand: nothing the application asks for needs escapes in a query.
void read_query(std::string_view query, request& into) {
  while (!query.empty()) {
    auto value = take_until(query, '&');
    const auto name = take_until(value, '=');
    if (name == "sid") into.sid = value;
    if (name == "token") into.token = value;
    if (name == "transport") into.transport = value;
    if (name == "EIO") into.eio = value;
  }
}

struct headers {
  std::string_view key, version;
  std::size_t length = 0;
  bool websocket = false, keep_alive = true, bad = false;
};

void read_header(std::string_view line, headers& into) {
  const auto name = take_until(line, ':');
  const auto value = trimmed(line);
  switch (name.size()) {
    case 7:
      if (same(name, "upgrade")) into.websocket = same(value, "websocket");
      break;
    case 10:
      if (same(name, "connection") && same(value, "close")) into.keep_alive = false;
      break;
    case 14:
      if (!same(name, "content-length")) break;
      into.bad = std::from_chars(value.data(), value.data() + value.size(), into.length).ec != std::errc{};
      break;
    case 17:
      if (same(name, "sec-websocket-key")) into.key = value;
      if (same(name, "transfer-encoding")) into.bad = true;
      break;
    case 21:
      if (same(name, "sec-websocket-version")) into.version = value;
      break;
    default: break;
  }
}

}  // namespace

reading read(std::string_view bytes, request& into, std::size_t& size) {
  const auto end = bytes.find("\r\n\r\n");
  if (end == bytes.npos) return bytes.size() > largest_head ? reading::bad : reading::incomplete;
  auto head = bytes.substr(0, end + 1);  // each line ends in \r, the next begins with \n
  auto line = take_until(head, '\r');
  into = {};
  into.method = take_until(line, ' ');
  auto target = take_until(line, ' ');
  into.path = take_until(target, '?');
  read_query(target, into);
  headers found;
  found.keep_alive = line == "HTTP/1.1";
  while (head.size() > 1) {
    head.remove_prefix(1);
    read_header(take_until(head, '\r'), found);
  }
  if (found.bad || found.length > largest_body || into.path.empty()) return reading::bad;
  size = end + 4 + found.length;
  if (bytes.size() < size) return reading::incomplete;
  into.body = bytes.substr(end + 4, found.length);
  into.keep_alive = found.keep_alive;
  if (found.websocket && found.key.size() == 24 && found.version == "13") into.websocket_key = found.key;
  return reading::whole;
}

void append_answer(std::string& out, std::string_view status, std::string_view content_type, std::string_view body) {
  out.append("HTTP/1.1 ").append(status).append("\r\nContent-Type: ").append(content_type);
  out.append("\r\nCache-Control: no-store\r\nContent-Length: ").append(std::to_string(body.size()));
  out.append("\r\n\r\n").append(body);
}

void append_switch(std::string& out, std::string_view key) {
  std::string text{key};
  text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::array<unsigned char, 32> accept{};
  const int size = EVP_EncodeBlock(accept.data(), digest.data(), SHA_DIGEST_LENGTH);
  out += "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ";
  out.append(reinterpret_cast<const char*>(accept.data()), static_cast<std::size_t>(size)).append("\r\n\r\n");
}

}  // namespace limit
