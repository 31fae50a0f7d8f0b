// SPDX-License-Identifier: MIT
// A client over polling: one line on which a GET always waits, one for POSTs. What is said while a POST is on its way
// goes into the next, as an official client does it.
#include <fmt/format.h>

#include <cstring>

#include "bench/load/client.hpp"
#include "bench/load/http_line.hpp"
#include "bench/load/payload.hpp"

namespace encke::load {

namespace {

class over_polling final : public client, private line_listener {
 public:
  over_polling(loop& on, unsigned number, const target& to, listener& hears)
      : client{number, to, hears},
        get_{on, to.address, *this, to.source_of(number)},
        post_{on, to.address, *this, to.source_of(number)} {}

  void come(std::string_view token) override {
    enter();
    get_.ask(to_.handshake("polling", token));
  }

  void say(const outgoing& message) override { send_text(message.bytes()); }

  void leave() override {
    if (at_ == stage::outside) return;
    at_ = stage::leaving;
    send_text("1");
  }

  void drop() noexcept override {
    at_ = stage::outside;
    hang_up();
  }

  void stall() noexcept override { get_.pause(); }
  void read_on() noexcept override { get_.resume(); }
  void be_narrow() noexcept override { get_.be_narrow(); }
  [[nodiscard]] std::size_t backlog() const noexcept override { return waiting_.size(); }

 private:
  void on_open(std::string_view sid) override {
    poll_ = to_.poll(sid);
    post_head_ = to_.post(sid);
  }

  void send_text(std::string_view packet) override {
    append_packet(waiting_, packet, to_.eio);
    if (post_.is_free()) post();
  }

  void post() {
    thread_local std::string request;
    request.clear();
    fmt::format_to(std::back_inserter(request), "{}Content-Length: {}\r\n\r\n{}", post_head_, waiting_.size(),
                   waiting_);
    waiting_.clear();
    post_.ask(request);
  }

  void hang_up() noexcept override {
    get_.give_up();
    post_.give_up();
    waiting_.clear();
    poll_.clear();
  }

  void on_answer(http_line& line, unsigned status, std::string_view body) override {
    if (status != 200) return gone(fmt::format("HTTP {}", status));
    if (&line == &post_) {
      if (at_ == stage::leaving && waiting_.empty()) return gone("");
      if (!waiting_.empty()) post();
      return;
    }
    // The next GET goes out first, so that one is waiting when the packets are answered.
    if (!poll_.empty()) get_.ask(poll_);
    const auto now = visit();
    while (!body.empty() && at_ != stage::outside && now == visit()) {
      const auto packet = take_packet(body, to_.eio);
      if (packet.empty()) return gone("a payload that no server may send");
      on_engine_packet(packet);
    }
    if (at_ != stage::outside && now == visit() && get_.is_free() && !poll_.empty()) get_.ask(poll_);
  }

  void on_no_answer(http_line&, int error) override {
    gone(error != 0 ? std::strerror(error) : "closed before the answer");
  }

  http_line get_, post_;
  std::string poll_, post_head_, waiting_;
};

}  // namespace

std::unique_ptr<client> polling_client(loop& on, unsigned number, const target& to, listener& hears) {
  return std::make_unique<over_polling>(on, number, to, hears);
}

}  // namespace encke::load
