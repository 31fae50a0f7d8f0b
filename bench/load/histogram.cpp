// SPDX-License-Identifier: MIT
#include "bench/load/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace encke::load {

void histogram::add(std::chrono::nanoseconds time) noexcept {
  constexpr std::int64_t longest = (std::int64_t{1} << longest_bits) - 1;
  const auto ns = std::clamp<std::int64_t>(time.count(), 0, longest);
  ++counts_[bucket_of(static_cast<std::uint64_t>(ns))];
  ++count_;
  max_ = std::max(max_, ns);
}

void histogram::add(const histogram& other) noexcept {
  for (std::size_t i = 0; i < buckets; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

std::chrono::nanoseconds histogram::percentile(double share) const noexcept {
  if (count_ == 0) return {};
  const auto wanted = std::max(1.0, std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets; ++i) {
    seen += counts_[i];
    if (static_cast<double>(seen) >= wanted)
      return std::chrono::nanoseconds{std::min(static_cast<std::int64_t>(end_of(i)), max_)};
  }
  return max();
}

// Values below 128 have a bucket each; above, the leading seven bits choose it.
std::size_t histogram::bucket_of(std::uint64_t ns) noexcept {
  const auto bits = static_cast<unsigned>(std::bit_width(ns));
  const unsigned shift = bits > fine_bits + 1 ? bits - fine_bits - 1 : 0;
  return (std::size_t{shift} << fine_bits) + static_cast<std::size_t>(ns >> shift);
}

std::uint64_t histogram::end_of(std::size_t bucket) noexcept {
  constexpr std::size_t fine = 1U << fine_bits;
  if (bucket < 2 * fine) return bucket;
  const std::size_t shift = (bucket >> fine_bits) - 1;
  const std::uint64_t leading = bucket - (shift << fine_bits);
  return ((leading + 1) << shift) - 1;
}

}  // namespace encke::load
