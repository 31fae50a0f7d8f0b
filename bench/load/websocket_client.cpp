// SPDX-License-Identifier: MIT
// A client over WebSocket. The connection is asked for with the first request; frames follow the 101.
#include <fmt/format.h>

#include <cstring>
#include <random>

#include "bench/load/client.hpp"

namespace encke::load {

namespace {

mask_key random_key() {
  thread_local std::minstd_rand numbers{std::random_device{}()};
  const auto bits = static_cast<std::uint32_t>(numbers());
  mask_key key{};
  std::memcpy(key.data(), &bits, key.size());
  return key;
}

class over_websocket final : public client, public stream {
 public:
  over_websocket(loop& on, unsigned number, const target& to, listener& hears)
      : client{number, to, hears}, stream{on} {}

  void come(std::string_view token) override {
    enter();
    upgraded_ = false;
    if (const int error = open(to_.address, to_.source_of(number())); error != 0) return gone(std::strerror(error));
    send(to_.upgrade(token));
  }

  void say(const outgoing& message) override { send(message.bytes()); }

  void hold() noexcept override { stream::hold(); }
  void release() override { stream::release(); }

  void leave() override {
    if (at_ == stage::outside) return;
    at_ = stage::leaving;
    send(masked_frame(opcode::close, "\x03\xe8", random_key()));  // RFC 6455 7.4.1: 1000
  }

  void drop() noexcept override {
    at_ = stage::outside;
    hang_up();
  }

  void stall() noexcept override { pause(); }
  void read_on() noexcept override { resume(); }
  void be_narrow() noexcept override { stream::be_narrow(); }
  [[nodiscard]] std::size_t backlog() const noexcept override { return stream::backlog(); }

 private:
  void send_text(std::string_view packet) override { send(masked_frame(opcode::text, packet, random_key())); }
  void on_open(std::string_view) override {}
  void hang_up() noexcept override {
    close();
    fragments_ = std::string{};
  }
  void on_gone(int error) override {
    gone(error != 0  ? std::strerror(error)
         : upgraded_ ? "the server closed the connection"
                     : "closed before the answer");
  }

  std::size_t on_data(std::string_view bytes) override {
    std::size_t used = 0;
    if (!upgraded_) {
      const auto end = bytes.find("\r\n\r\n");
      if (end == std::string_view::npos) return 0;
      if (!bytes.starts_with("HTTP/1.1 101")) {
        gone(fmt::format("HTTP {}", bytes.substr(std::min<std::size_t>(9, end), 3)));
        return 0;
      }
      upgraded_ = true;
      used = end + 4;
    }
    for (const auto now = visit(); is_open() && now == visit();) {
      const auto f = read_frame(bytes.substr(used));
      if (f.state == reading::incomplete) break;
      if (f.state == reading::wrong) return gone("a frame that no server may send"), 0;
      used += f.size;
      on_frame(f);
    }
    return used;
  }

  void on_frame(const frame& f) {
    switch (f.kind) {
      case opcode::text:
      case opcode::continuation: return on_text(f);
      case opcode::binary:
      case opcode::pong: return;
      case opcode::ping: return send(masked_frame(opcode::pong, f.payload, random_key()));
      case opcode::close:
        if (at_ != stage::leaving) send(masked_frame(opcode::close, f.payload, random_key()));
        return gone(fmt::format("the server sent a close frame{}", close_words(f.payload)));
    }
  }

  void on_text(const frame& f) {
    if (f.is_last && f.kind == opcode::text) return on_engine_packet(f.payload);
    fragments_ += f.payload;
    if (!f.is_last) return;
    const auto whole = std::move(fragments_);
    fragments_.clear();
    on_engine_packet(whole);
  }

  bool upgraded_ = false;
  std::string fragments_;
};

}  // namespace

std::unique_ptr<client> websocket_client(loop& on, unsigned number, const target& to, listener& hears) {
  return std::make_unique<over_websocket>(on, number, to, hears);
}

}  // namespace encke::load
