// SPDX-License-Identifier: MIT
// Stream: one TCP connection of a loop, without a buffer of its own while nothing is half received or half sent.
// WebSocket clients and lines of HTTP are streams. It can be opened again after it was closed.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <string>
#include <string_view>

#include "bench/load/loop.hpp"

namespace encke::load {

struct endpoint {
  sockaddr_storage address{};
  socklen_t size = 0;
  [[nodiscard]] bool is_loopback4() const noexcept;
};

class stream {
 public:
  explicit stream(loop& on) noexcept : loop_{on} {}
  virtual ~stream() { close(); }
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;

  // Begins to connect, from 127.0.0.`source` when that is not zero; 0 or an errno. send() may be called at once.
  [[nodiscard]] int open(const endpoint& to, unsigned source = 0);
  // What the kernel does not take now is kept and sent later.
  void send(std::string_view bytes);
  // Between the two, what is sent is gathered into one write. Only between turns of the loop.
  void hold() noexcept;
  void release();
  void close() noexcept;  // on_gone is not called
  void pause() noexcept;  // receives nothing any more, so that the peer's queue fills
  void resume() noexcept;
  // From the next open() on, the kernels on both sides keep little on the way, as over a network.
  void be_narrow() noexcept { narrow_ = true; }

  [[nodiscard]] bool is_open() const noexcept { return descriptor_ >= 0; }
  [[nodiscard]] std::size_t backlog() const noexcept { return unsent_.size(); }

 protected:
  // All bytes not used so far; gives how many were used now. May close() or open() the stream.
  virtual std::size_t on_data(std::string_view bytes) = 0;
  // The peer closed (0) or it broke (errno); the stream is closed already.
  virtual void on_gone(int error) = 0;

 private:
  friend class loop;

  void on_ready(std::uint32_t events);
  void receive();
  void flush();
  void write(std::string_view bytes);
  void end(int error);

  loop& loop_;
  int descriptor_ = -1;
  std::uint32_t slot_ = 0;
  std::uint32_t opened_ = 0;  // how often
  bool paused_ = false, narrow_ = false;
  int send_error_ = 0;  // the kernel says an error once, to whoever asks first
  std::string unread_, unsent_;
};

}  // namespace encke::load
