// SPDX-License-Identifier: MIT
// Scripted peer: a client that says byte by byte what the test wants, and reads HTTP answers and WebSocket messages.
// Blocks with a deadline; what takes too long throws. Relies on the library's own WebSocket reader in its client role.
#pragma once

#include <algorithm>
#include <charconv>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/tcp_peer.hpp"
#include "websocket/close_code.hpp"
#include "websocket/frame.hpp"
#include "websocket/reader.hpp"

namespace encke::test {

struct http_answer {
  unsigned status = 0;                                       // 0: the connection ended before an answer
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;

  [[nodiscard]] std::string header(std::string_view name) const {
    for (const auto& [key, value] : headers)
      if (key == name) return value;
    return {};
  }
};

struct ws_message {
  websocket::opcode kind = websocket::opcode::close;
  std::string payload;
  bool ended = false;  // the connection ended without a message

  [[nodiscard]] unsigned code() const { return static_cast<unsigned>(websocket::code_in(payload)); }
};

class scripted_peer : public tcp_peer {
 public:
  explicit scripted_peer(std::uint16_t port, int receive_buffer = 0) : tcp_peer{port, receive_buffer} {}

  // --- HTTP ---------------------------------------------------------------------------------------------------------

  /// A whole request; with a body it has a Content-Length. `headers`: lines, each with its line end.
  bool send_request(std::string_view method, std::string_view target, std::string_view body = {},
                    std::string_view headers = {}) {
    std::string text{method};
    text.append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n").append(headers);
    if (!body.empty() || method == "POST") text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return send(text.append("\r\n").append(body));
  }
  http_answer request(std::string_view method, std::string_view target, std::string_view body = {},
                      std::string_view headers = {}) {
    if (!send_request(method, target, body, headers)) return {};
    return read_answer(method == "HEAD");
  }
  /// The next answer; status 0 if the server closed instead. Interim answers are answers, too.
  http_answer read_answer(bool to_head = false) {
    const auto head_end = read_until("\r\n\r\n");
    if (head_end == std::string::npos) return {};
    http_answer answer = parse_head(std::string_view{buffer_}.substr(0, head_end + 2));
    buffer_.erase(0, head_end + 4);
    if (to_head || answer.status < 200 || answer.status == 204 || answer.status == 304) return answer;
    if (answer.header("transfer-encoding") == "chunked") return answer.body = read_chunks(), answer;
    const auto length = answer.header("content-length");
    answer.body = length.empty() ? read_rest() : read_exactly(static_cast<std::size_t>(std::stoul(length)));
    return answer;
  }

  // --- WebSocket ----------------------------------------------------------------------------------------------------

  static constexpr std::string_view upgrade_headers =
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  /// Asks for a WebSocket; the answer is a 101 if it is one now.
  http_answer upgrade(std::string_view target, std::string_view headers = {}) {
    return request("GET", target, {}, std::string{upgrade_headers}.append(headers));
  }
  bool send_frame(websocket::opcode kind, std::string_view payload, bool fin = true) {
    std::string bytes;
    websocket::append_masked_frame(bytes, kind, payload, 0x12345678, fin);
    return send(bytes);
  }
  bool send_text(std::string_view text) { return send_frame(websocket::opcode::text, text); }
  bool send_binary(std::string_view data) { return send_frame(websocket::opcode::binary, data); }
  bool send_close(std::optional<std::uint16_t> code = std::nullopt) {
    std::string payload;
    if (code) payload = {static_cast<char>(*code >> 8), static_cast<char>(*code & 0xff)};
    return send_frame(websocket::opcode::close, payload);
  }
  /// The next message, control frames included.
  ws_message read_message() {
    for (;;) {
      if (!messages_.empty()) {
        auto first = std::move(messages_.front());
        messages_.pop_front();
        return first;
      }
      auto bytes = buffer_.empty() ? read_some() : std::exchange(buffer_, {});
      if (bytes.empty()) return {.kind = websocket::opcode::close, .payload = {}, .ended = true};
      reader_.feed(bytes);
      for (;;) {
        const auto next = reader_.next();
        if (!next) throw std::runtime_error{"bad frame from the server: " + std::string{to_string(next.error())}};
        if (!*next) break;
        messages_.push_back({(*next)->kind, std::string{(*next)->payload}});
      }
    }
  }
  /// The payload of the next message that is no heartbeat ("2"); "closed CODE" or "ended" if it is the end.
  std::string read_text() {
    auto next = read_message();
    while (next.kind == websocket::opcode::text && next.payload == "2") next = read_message();
    if (next.ended) return "ended";
    if (next.kind == websocket::opcode::close) return "closed " + std::to_string(next.code());
    return next.payload;
  }

  /// Bytes that came and were not looked at yet.
  [[nodiscard]] const std::string& unread() const { return buffer_; }

 private:
  std::size_t read_until(std::string_view mark) {
    for (;;) {
      if (const auto found = buffer_.find(mark); found != std::string::npos) return found;
      const auto more = read_some();
      if (more.empty()) return std::string::npos;
      buffer_ += more;
    }
  }
  std::string read_exactly(std::size_t size) {
    while (buffer_.size() < size) {
      const auto more = read_some();
      if (more.empty()) throw std::runtime_error{"the answer is shorter than announced"};
      buffer_ += more;
    }
    auto part = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return part;
  }
  std::string read_rest() {
    for (auto more = read_some(); !more.empty(); more = read_some()) buffer_ += more;
    return std::exchange(buffer_, {});
  }
  std::string read_chunks() {
    std::string whole;
    for (;;) {
      const auto end = read_until("\r\n");
      if (end == std::string::npos) throw std::runtime_error{"a chunk is missing"};
      const auto size = static_cast<std::size_t>(std::stoul(buffer_.substr(0, end), nullptr, 16));
      buffer_.erase(0, end + 2);
      whole += read_exactly(size);
      (void)read_exactly(2);
      if (size == 0) return whole;
    }
  }
  static http_answer parse_head(std::string_view head) {
    http_answer answer;
    std::from_chars(head.data() + 9, head.data() + 12, answer.status);
    for (auto at = head.find("\r\n") + 2; at < head.size();) {
      const auto end = head.find("\r\n", at);
      const auto line = head.substr(at, end - at);
      const auto colon = line.find(':');
      std::string name{line.substr(0, colon)};
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
      answer.headers.emplace_back(std::move(name), line.substr(std::min(line.size(), colon + 2)));
      at = end + 2;
    }
    return answer;
  }

  std::string buffer_;
  std::deque<ws_message> messages_;
  websocket::reader reader_{{.message = 64'000'000}, websocket::role::client};
};

}  // namespace encke::test
