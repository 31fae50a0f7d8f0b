// SPDX-License-Identifier: MIT
// Outgoing: a message that is built once and sent often, with an ack id, a room and a stamp that change in place.
// A stamp says when the message was to be sent and which one it was; whoever gets it back can tell the time it took.
// Scenarios keep one for each kind of message; masked for WebSocket, plain for polling and for HTTP bodies.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bench/load/frame.hpp"

namespace encke::load {

using clock = std::chrono::steady_clock;

struct stamp {
  clock::time_point due;
  std::uint16_t number = 0;  // below `numbers`

  static constexpr std::uint16_t numbers = 4096;
  static constexpr std::size_t size = 16;  // '@', twelve hexadecimal digits of nanoseconds, three of the number

  // At `to`, `size` bytes.
  void write(char* to) const noexcept;
};

// The first stamp in `text`. Nanoseconds count since the program began and start again after 78 hours.
[[nodiscard]] std::optional<stamp> find_stamp(std::string_view text) noexcept;

// A JSON string of `size` bytes between its quotes, which begins with room for a stamp.
[[nodiscard]] std::string stamped_text(std::size_t size);

// Which event of one sender it is, behind a stamp: readers can tell by it that they got each once and in order.
struct sequence {
  static constexpr std::size_t size = 8;  // decimal digits
  // At `to`, `size` bytes.
  static void write(char* to, std::uint32_t number) noexcept;
};

// The one behind the first stamp in `text`.
[[nodiscard]] std::optional<std::uint32_t> find_sequence(std::string_view text) noexcept;

// A stamped_text with # where a sequence goes.
[[nodiscard]] std::string sequenced_text(std::size_t size);

class outgoing {
 public:
  // `text` is an Engine.IO packet such as `42["echo","@..."]`. A run of # is where fill() writes; a stamp goes where
  // the first @ is. With a key it becomes a WebSocket frame.
  explicit outgoing(std::string_view text, std::optional<mask_key> key = {});

  // `digits` as a decimal number with as many places as there are #.
  void fill(std::uint32_t number) noexcept;
  void set(const stamp& s) noexcept;
  [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }

 private:
  void put(std::size_t offset, std::string_view text) noexcept;

  std::string bytes_;
  mask_key key_{};
  std::size_t start_ = 0;  // of the payload
  std::size_t stamp_at_ = std::string::npos, fill_at_ = std::string::npos, places_ = 0;
};

}  // namespace encke::load
