// SPDX-License-Identifier: MIT
#include "bench/load/client.hpp"

#include <fmt/format.h>

#include <charconv>

namespace encke::load {

std::string_view field_of(std::string_view json, std::string_view name) noexcept {
  for (auto at = json.find(name); at != std::string_view::npos; at = json.find(name, at + 1)) {
    if (at == 0 || json[at - 1] != '"' || !json.substr(at + name.size()).starts_with('"')) continue;
    const auto start = json.find_first_not_of(" :\"", at + name.size() + 1);
    if (start == std::string_view::npos) return {};
    return json.substr(start, json.find_first_of(",}\"", start) - start);
  }
  return {};
}

void client::enter() noexcept {
  at_ = stage::coming;
  ++visit_;
  came_ = clock::now();
  next_ping_ = clock::time_point::max();
}

void client::gone(std::string_view why) {
  const bool asked_for = at_ == stage::leaving;
  hang_up();
  at_ = stage::outside;
  hears_.on_gone(*this, asked_for ? std::string_view{} : why);
}

void client::on_time(clock::time_point now) {
  if (now < next_ping_ || at_ == stage::outside) return;
  next_ping_ = now + ping_interval_;
  send_text("2");  // Engine.IO protocol v3: the client pings
}

void client::on_engine_packet(std::string_view packet) {
  if (packet.empty() || at_ == stage::outside) return;
  switch (packet[0]) {
    case '0': {
      unsigned interval = 25000;
      const auto text = field_of(packet, "pingInterval");
      std::from_chars(text.data(), text.data() + text.size(), interval);
      ping_interval_ = std::chrono::milliseconds{interval};
      if (to_.eio == 3) next_ping_ = clock::now() + ping_interval_;
      on_open(field_of(packet, "sid"));
      if (to_.eio == 4) send_text("40");  // Socket.IO protocol v5: the client asks to get in
      return;
    }
    case '1': return gone("the server closed the session");
    case '2': return send_text(packet.size() == 1 ? "3" : "3" + std::string{packet.substr(1)});
    case '4': return on_socket_packet(packet.substr(1));
    default: return;  // pong, noop
  }
}

void client::on_socket_packet(std::string_view packet) {
  if (packet.empty()) return;
  switch (packet[0]) {
    case '0':
      if (at_ != stage::coming) return;
      at_ = stage::ready;
      return hears_.on_ready(*this);
    case '1': return gone("the server disconnected the socket");
    case '4': return gone(fmt::format("connect_error {}", packet.substr(1, 200)));
    default:
      if (at_ == stage::ready) hears_.on_packet(*this, packet);
  }
}

}  // namespace encke::load
