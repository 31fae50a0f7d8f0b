// SPDX-License-Identifier: MIT
// Timer wheel: coarse deadlines by the ten thousand, one per object, with no allocation and no system call of their
// own. An object embeds a `timer_wheel::entry`; the owner of the wheel calls `advance(now)` from time to time. Entries
// unlink themselves when they die. The ledger counts those that are armed (purpose timer, no bytes). Single-threaded.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace encke {

using clock = std::chrono::steady_clock;
using time_point = clock::time_point;

/// The time after `wait`, however long that is: what cannot be counted is the end of time. Not before `now`.
[[nodiscard]] constexpr time_point after(time_point now, std::chrono::milliseconds wait) noexcept {
  if (wait <= wait.zero()) return now;
  const auto most = std::chrono::floor<std::chrono::milliseconds>(time_point::max() - now);
  return wait < most ? now + wait : time_point::max();
}

class timer_wheel {
 public:
  /// A deadline embedded in the object it belongs to. Not movable.
  class entry {
   public:
    entry() = default;
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;
    ~entry() { disarm(); }
    [[nodiscard]] bool is_armed() const noexcept { return next_ != nullptr; }
    /// The exact deadline while armed, and the last one after that.
    [[nodiscard]] time_point deadline() const noexcept { return deadline_; }

   private:
    friend class timer_wheel;
    void disarm() noexcept;
    void unlink() noexcept;
    // The rest is for heads of lists.
    void make_head() noexcept;
    [[nodiscard]] bool is_lonely() const noexcept;
    void push_back(entry&) noexcept;
    void take_all(entry& other) noexcept;

    entry* next_ = nullptr;
    entry* previous_ = nullptr;
    time_point deadline_{};
  };

  /// `tick` is the resolution: an entry fires at most one tick late, never early.
  explicit timer_wheel(time_point now, clock::duration tick = std::chrono::milliseconds{50});
  timer_wheel(const timer_wheel&) = delete;
  timer_wheel& operator=(const timer_wheel&) = delete;
  /// Unlinks what is still armed.
  ~timer_wheel();

  /// Arms or re-arms. A deadline in the past fires at the next `advance`.
  void arm(entry&, time_point deadline) noexcept;
  void cancel(entry&) noexcept;

  /// Returns one expired entry, unlinked, or nullptr when none is left for `now`. Call until nullptr: between two calls
  /// anything may be armed, cancelled or destroyed.
  [[nodiscard]] entry* advance(time_point now) noexcept;

  [[nodiscard]] clock::duration tick() const noexcept { return tick_; }
  [[nodiscard]] bool empty() const noexcept;

 private:
  // Hierarchical: 4 levels of 64 slots cover tick * 64^4; farther deadlines wait in the last slot and are placed again.
  static constexpr std::size_t levels = 4, slots = 64;
  void place(entry&) noexcept;
  [[nodiscard]] std::uint64_t next_used_tick() const noexcept;
  void enter_tick(std::uint64_t tick) noexcept;

  std::array<std::array<entry, slots>, levels> wheel_;  // list heads
  std::array<std::uint64_t, levels> used_{};            // a bit per slot; a clear one means the slot is empty
  entry expired_;                                       // list head: due, not yet handed out
  clock::duration tick_;
  time_point start_;
  time_point now_;          // the latest `advance`
  std::uint64_t done_ = 0;  // ticks processed
};

}  // namespace encke
