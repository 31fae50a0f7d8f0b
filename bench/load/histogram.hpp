// SPDX-License-Identifier: MIT
// Histogram: times in buckets that are at most 1.6 % wide, so that any number of them takes 22 KiB.
// Each thread of a scenario fills its own; the run adds them up when the threads have ended.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace encke::load {

class histogram {
 public:
  // Times below zero count as zero, those past 39 hours as 39 hours.
  void add(std::chrono::nanoseconds time) noexcept;
  void add(const histogram& other) noexcept;
  void clear() noexcept { *this = {}; }

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  // The time that `share` (0 to 1) of all did not pass; 0 when there is none. Never more than max().
  [[nodiscard]] std::chrono::nanoseconds percentile(double share) const noexcept;
  [[nodiscard]] std::chrono::nanoseconds max() const noexcept { return std::chrono::nanoseconds{max_}; }

 private:
  static constexpr unsigned fine_bits = 6;      // buckets for each doubling: 64
  static constexpr unsigned longest_bits = 47;  // 2^47 ns are 39 hours
  static constexpr std::size_t buckets = ((longest_bits - fine_bits) << fine_bits) + (1U << fine_bits);

  [[nodiscard]] static std::size_t bucket_of(std::uint64_t ns) noexcept;
  [[nodiscard]] static std::uint64_t end_of(std::size_t bucket) noexcept;

  std::array<std::uint64_t, buckets> counts_{};
  std::uint64_t count_ = 0;
  std::int64_t max_ = 0;
};

}  // namespace encke::load
