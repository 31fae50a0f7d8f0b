// SPDX-License-Identifier: MIT
// Pacer: when messages of a fixed rate are due, counted from the start so that nothing drifts.
// A scenario asks it at every turn; what is late is still due, and keeps the time it was due at.
#pragma once

#include <optional>

#include "bench/load/outgoing.hpp"

namespace encke::load {

class pacer {
 public:
  explicit pacer(double per_second) noexcept : interval_{per_second > 0 ? 1e9 / per_second : 0} {}

  [[nodiscard]] bool is_on() const noexcept { return interval_ > 0; }
  void start(clock::time_point now) noexcept {
    start_ = now;
    runs_ = true;
    taken_ = 0;
  }
  void stop() noexcept { runs_ = false; }
  // Never, when it does not run.
  [[nodiscard]] clock::time_point next() const noexcept {
    if (!runs_ || !is_on()) return clock::time_point::max();
    return start_ + std::chrono::nanoseconds{static_cast<std::int64_t>(interval_ * static_cast<double>(taken_))};
  }
  // When the next message was due, if that is not in the future.
  [[nodiscard]] std::optional<clock::time_point> take(clock::time_point now) noexcept {
    const auto due = next();
    if (due > now) return {};
    ++taken_;
    return due;
  }

 private:
  double interval_;
  bool runs_ = false;
  std::uint64_t taken_ = 0;
  clock::time_point start_{};
};

}  // namespace encke::load
