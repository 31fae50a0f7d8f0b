// SPDX-License-Identifier: MIT
// Rounds: events that go to many, and how many of each have still to arrive. An event's number is in its stamp, so any
// thread can say that it arrived; the one that sent it learns when all did. Broadcasts, rooms and publishing use it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "bench/load/outgoing.hpp"

namespace encke::load {

// One for all threads.
class deliveries {
 public:
  struct slot {
    std::atomic<std::int64_t> left{0};  // zero or less: not on its way
    std::atomic<std::int64_t> expected{0}, first{0}, last{0};
  };
  // True when it was the last one of its event.
  bool arrived(std::uint16_t number, clock::time_point when) noexcept {
    auto& s = slots_[number % stamp::numbers];
    const auto at = when.time_since_epoch().count();
    const auto left = s.left.load(std::memory_order_relaxed);
    if (left <= 0) return false;  // too late, it was given up
    if (left == s.expected.load(std::memory_order_relaxed)) s.first.store(at, std::memory_order_relaxed);
    if (left == 1) s.last.store(at, std::memory_order_relaxed);
    return s.left.fetch_sub(1, std::memory_order_acq_rel) == 1;
  }
  slot& at(std::uint16_t number) noexcept { return slots_[number % stamp::numbers]; }

 private:
  std::array<slot, stamp::numbers> slots_{};
};

// Of one sender, which may use `count` numbers from `first` on.
class rounds {
 public:
  rounds(deliveries& all, unsigned first, unsigned count);

  // A number for an event that `expected` clients should get; none when all are on their way.
  [[nodiscard]] std::optional<std::uint16_t> begin(std::int64_t expected, clock::time_point now);
  // Looks for events that are everywhere, or have taken longer than `patience`: done(number, spread), late(number,
  // missing).
  template <class Done, class Late>
  void look(clock::time_point now, Done done, Late late);

  [[nodiscard]] std::size_t on_their_way() const noexcept { return on_their_way_.size(); }

  static constexpr std::chrono::seconds patience{10};

 private:
  struct round {
    std::uint16_t number;
    clock::time_point began;
  };

  deliveries& all_;
  std::vector<std::uint16_t> free_;
  std::vector<round> on_their_way_;
};

inline rounds::rounds(deliveries& all, unsigned first, unsigned count) : all_{all} {
  for (unsigned i = count; i-- > 0;) free_.push_back(static_cast<std::uint16_t>(first + i));
}

inline std::optional<std::uint16_t> rounds::begin(std::int64_t expected, clock::time_point now) {
  if (free_.empty()) return {};
  const auto number = free_.back();
  free_.pop_back();
  auto& s = all_.at(number);
  s.expected.store(expected, std::memory_order_relaxed);
  s.left.store(expected, std::memory_order_release);
  on_their_way_.push_back({number, now});
  return number;
}

template <class Done, class Late>
void rounds::look(clock::time_point now, Done done, Late late) {
  for (std::size_t i = 0; i < on_their_way_.size();) {
    const auto r = on_their_way_[i];
    auto& s = all_.at(r.number);
    const auto left = s.left.load(std::memory_order_acquire);
    if (left > 0 && now - r.began < patience) {
      ++i;
      continue;
    }
    on_their_way_[i] = on_their_way_.back();
    on_their_way_.pop_back();
    s.left.store(0, std::memory_order_relaxed);
    free_.insert(free_.begin(), r.number);  // the longest unused comes next, so a late delivery meets nobody
    if (left > 0) {
      late(r.number, left);
    } else {
      const auto spread = s.expected.load() > 1 ? s.last.load() - s.first.load() : 0;
      done(r.number, std::chrono::nanoseconds{spread > 0 ? spread : 0});
    }
  }
}

}  // namespace encke::load
