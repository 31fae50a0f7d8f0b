// SPDX-License-Identifier: MIT
// A client that begins by polling and moves to a WebSocket, step by step as an official client does: the probe begins
// with the open packet; until its pong messages are POSTed, from then on they wait; when no GET and no POST is on its
// way any more the upgrade packet goes out, and what waited behind it.
#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "bench/load/client.hpp"
#include "bench/load/http_line.hpp"
#include "bench/load/payload.hpp"

namespace encke::load {

namespace {

constexpr mask_key key{'\x5e', '\x1c', '\xa3', '\x77'};

class over_both final : public client, private line_listener, private stream {
 public:
  over_both(loop& on, unsigned number, const target& to, listener& hears)
      : client{number, to, hears},
        stream{on},
        get_{on, to.address, *this, to.source_of(number)},
        post_{on, to.address, *this, to.source_of(number)} {}

  void come(std::string_view token) override {
    enter();
    at_transport_ = transport::polling;
    get_.ask(to_.handshake("polling", token));
  }

  // Plain text, whatever the transport is by then.
  void say(const outgoing& message) override { send_text(message.bytes()); }

  void leave() override {
    if (at_ == stage::outside) return;
    at_ = stage::leaving;
    if (at_transport_ != transport::websocket) return send_text("1");
    stream::send(masked_frame(opcode::close, "\x03\xe8", key));  // RFC 6455 7.4.1: 1000
  }

  void drop() noexcept override {
    at_ = stage::outside;
    hang_up();
  }

  void stall() noexcept override { pause(); }
  void read_on() noexcept override { resume(); }
  void be_narrow() noexcept override { stream::be_narrow(); }
  [[nodiscard]] std::size_t backlog() const noexcept override { return stream::backlog() + waiting_.size(); }

 private:
  enum class transport : std::uint8_t { polling, leaving_it, websocket };

  void on_open(std::string_view sid) override {
    poll_ = to_.poll(sid);
    post_head_ = to_.post(sid);
    if (const int error = open(to_.address, to_.source_of(number())); error != 0) return gone(std::strerror(error));
    stream::send(to_.probe(sid));
    switched_ = false;
  }

  void send_text(std::string_view packet) override {
    if (at_transport_ == transport::websocket) return stream::send(masked_frame(opcode::text, packet, key));
    append_packet(waiting_, packet, to_.eio);
    if (at_transport_ == transport::polling && post_.is_free()) post();
  }

  void post() {
    post_.ask(fmt::format("{}Content-Length: {}\r\n\r\n{}", post_head_, waiting_.size(), waiting_));
    waiting_.clear();
  }

  void hang_up() noexcept override {
    get_.give_up();
    post_.give_up();
    close();
    waiting_.clear();
    poll_.clear();
  }

  // --- polling ---

  void on_answer(http_line& line, unsigned status, std::string_view body) override {
    if (status != 200) return gone(fmt::format("HTTP {}", status));
    if (&line == &post_) {
      if (at_ == stage::leaving && waiting_.empty()) return gone("");
      if (at_transport_ == transport::polling && !waiting_.empty()) post();
      return go_over();
    }
    const auto now = visit();
    poll_on();
    while (!body.empty() && at_ != stage::outside && now == visit()) {
      const auto packet = take_packet(body, to_.eio);
      if (packet.empty()) return gone("a payload that no server may send");
      on_engine_packet(packet);
    }
    if (at_ == stage::outside || now != visit()) return;
    poll_on();
    go_over();
  }

  void poll_on() {
    if (at_transport_ == transport::polling && get_.is_free() && !poll_.empty()) get_.ask(poll_);
  }

  void on_no_answer(http_line&, int error) override {
    gone(error != 0 ? std::strerror(error) : "closed before the answer");
  }

  // --- the WebSocket ---

  void go_over() {
    if (at_transport_ != transport::leaving_it || !get_.is_free() || !post_.is_free()) return;
    at_transport_ = transport::websocket;
    send_text("5");
    auto waited = std::exchange(waiting_, {});
    for (std::string_view rest = waited; !rest.empty();) send_text(take_packet(rest, to_.eio));
    upgraded();
  }

  std::size_t on_data(std::string_view bytes) override {
    std::size_t used = 0;
    if (!switched_) {
      const auto end = bytes.find("\r\n\r\n");
      if (end == std::string_view::npos) return 0;
      if (!bytes.starts_with("HTTP/1.1 101")) return gone("the WebSocket was refused"), 0;
      switched_ = true;
      used = end + 4;
      stream::send(masked_frame(opcode::text, "2probe", key));
    }
    for (const auto now = visit(); is_open() && now == visit();) {
      const auto f = read_frame(bytes.substr(used));
      if (f.state == reading::incomplete) break;
      if (f.state == reading::wrong || !f.is_last) return gone("a frame that is not expected"), 0;
      used += f.size;
      on_frame(f);
    }
    return used;
  }

  void on_frame(const frame& f) {
    if (f.kind == opcode::close) return gone(fmt::format("the server sent a close frame{}", close_words(f.payload)));
    if (f.kind == opcode::ping) return stream::send(masked_frame(opcode::pong, f.payload, key));
    if (f.kind != opcode::text) return;
    if (at_transport_ != transport::polling || f.payload != "3probe") return on_engine_packet(f.payload);
    at_transport_ = transport::leaving_it;
    go_over();
  }

  void on_gone(int error) override { gone(error != 0 ? std::strerror(error) : "the server closed the connection"); }

  http_line get_, post_;
  std::string poll_, post_head_, waiting_;
  transport at_transport_ = transport::polling;
  bool switched_ = false;  // the 101 has come
};

}  // namespace

std::unique_ptr<client> upgrading_client(loop& on, unsigned number, const target& to, listener& hears) {
  return std::make_unique<over_both>(on, number, to, hears);
}

}  // namespace encke::load
