// SPDX-License-Identifier: MIT
// Client: one Socket.IO client in namespace /, over WebSocket, polling, or one after the other, of Engine.IO protocol
// v3 or v4. Scenarios own many through a crowd, and hear from them as listeners. Heartbeats are answered here.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "bench/load/outgoing.hpp"
#include "bench/load/target.hpp"

namespace encke::load {

class client;

class listener {
 public:
  // The server has let the client into /.
  virtual void on_ready(client& who) = 0;
  // `packet` is a Socket.IO packet of / after connecting: 2["name",...] or 3<id>[...].
  virtual void on_packet(client& who, std::string_view packet) = 0;
  // The client has left polling for a WebSocket.
  virtual void on_upgraded(client&) {}
  // The client is outside. `why` is empty when it was asked to leave.
  virtual void on_gone(client& who, std::string_view why) = 0;

 protected:
  ~listener() = default;
};

enum class stage : std::uint8_t { outside, coming, ready, leaving };

class client {
 public:
  client(unsigned number, const target& to, listener& hears) : to_{to}, number_{number}, hears_{hears} {}
  virtual ~client() = default;

  // Needs to be outside. `token` may be empty.
  virtual void come(std::string_view token) = 0;
  // An Engine.IO packet, as the transport wants it: see outgoing.
  virtual void say(const outgoing& message) = 0;
  // Between the two, what is said leaves together. Only between turns of the loop.
  virtual void hold() noexcept {}
  virtual void release() {}
  // Says goodbye, and is gone when the server has hung up.
  virtual void leave() = 0;
  // Is gone at once; the listener does not hear of it.
  virtual void drop() noexcept = 0;
  // Receives nothing any more, until it does again.
  virtual void stall() noexcept = 0;
  virtual void read_on() noexcept = 0;
  // Needs to be outside: see stream.
  virtual void be_narrow() noexcept = 0;
  [[nodiscard]] virtual std::size_t backlog() const noexcept = 0;

  // Sends what the protocol's clock asks for; to be called about every second.
  void on_time(clock::time_point now);

  [[nodiscard]] unsigned number() const noexcept { return number_; }
  [[nodiscard]] bool is_ready() const noexcept { return at_ == stage::ready; }
  [[nodiscard]] bool is_outside() const noexcept { return at_ == stage::outside; }
  [[nodiscard]] clock::time_point came() const noexcept { return came_; }

 protected:
  // A packet of Engine.IO that came in. May end in gone().
  void on_engine_packet(std::string_view packet);
  void enter() noexcept;
  // Changes when the client comes again, which a listener may do from within a call: what was read is of the past then.
  [[nodiscard]] unsigned visit() const noexcept { return visit_; }
  void gone(std::string_view why);
  void upgraded() { hears_.on_upgraded(*this); }

  virtual void send_text(std::string_view packet) = 0;
  // After the open packet.
  virtual void on_open(std::string_view sid) = 0;
  // The connection under it; does not call anybody.
  virtual void hang_up() noexcept = 0;

  const target& to_;
  stage at_ = stage::outside;

 private:
  void on_socket_packet(std::string_view packet);

  unsigned number_, visit_ = 0;
  listener& hears_;
  clock::time_point came_{}, next_ping_ = clock::time_point::max();
  std::chrono::milliseconds ping_interval_{};
};

[[nodiscard]] std::unique_ptr<client> websocket_client(loop& on, unsigned number, const target& to, listener& hears);
[[nodiscard]] std::unique_ptr<client> polling_client(loop& on, unsigned number, const target& to, listener& hears);
[[nodiscard]] std::unique_ptr<client> upgrading_client(loop& on, unsigned number, const target& to, listener& hears);

// What a field of a flat JSON object holds, without quotes; empty when it is not there.
[[nodiscard]] std::string_view field_of(std::string_view json, std::string_view name) noexcept;

}  // namespace encke::load
