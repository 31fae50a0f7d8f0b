// SPDX-License-Identifier: MIT
// Loop: one epoll set with the streams of one thread. A turn waits, hands every ready stream its bytes, and returns.
// The runner of a thread calls turn() until the run is over; wake() is the only call from other threads.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/load/outgoing.hpp"

namespace encke::load {

class stream;

class loop {
 public:
  loop();
  ~loop();
  loop(const loop&) = delete;
  loop& operator=(const loop&) = delete;

  // Waits for events until `until`, and handles those that are there.
  void turn(clock::time_point until);
  void wake() noexcept;
  // When the bytes came in that a stream was handed last.
  [[nodiscard]] clock::time_point received_at() const noexcept { return received_at_; }

 private:
  friend class stream;

  struct entry {
    stream* who = nullptr;
    std::uint32_t generation = 0;  // an event may be on its way for a descriptor that was closed in the same turn
  };

  std::uint32_t add(stream& s);
  void watch(int descriptor, std::uint32_t slot, std::uint32_t events, int operation) noexcept;
  void forget(std::uint32_t slot) noexcept;
  void handle(const epoll_event& event);

  int epoll_ = -1, wake_ = -1;
  std::vector<entry> entries_;
  std::vector<std::uint32_t> free_;
  std::array<epoll_event, 512> events_{};
  std::string scratch_;   // what a stream receives into
  std::string gathered_;  // what the current stream sends while it is handed bytes: one write
  stream* current_ = nullptr;
  clock::time_point received_at_{};
};

}  // namespace encke::load
