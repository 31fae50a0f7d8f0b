// SPDX-License-Identifier: MIT
// Run: a scenario in all its threads, from the first connection to the last, and what was measured between.
// main calls it; a signal that sets `stop_early` makes it end with what it has.
#pragma once

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "bench/load/options.hpp"
#include "bench/load/process.hpp"
#include "bench/load/stats.hpp"

namespace encke::load {

// Who could not do more.
enum class bottleneck : std::uint8_t { none, server, generator };

[[nodiscard]] std::string_view name_of(bottleneck b) noexcept;

struct memory_later {
  double seconds = 0;  // after all had left
  memory used;
};

// When a part of the run began, in seconds of the system's clock.
struct moment {
  std::string_view name;
  double at = 0;
};

struct result {
  double seconds = 0;  // that were measured
  std::size_t connections = 0;
  bool was_stopped = false;
  processor_time server, generator;
  memory before, after;
  std::vector<memory_later> leaving;
  std::vector<moment> moments;
  stats all;
  std::vector<std::pair<std::string, stats>> parts;  // of a mix

  [[nodiscard]] double generator_share(unsigned threads) const noexcept;
  [[nodiscard]] bottleneck limit(unsigned threads) const noexcept;
};

extern std::atomic<bool> stop_early;

// An empty result with words about it in `trouble` when the server cannot be found.
[[nodiscard]] result run(const options& given, std::string& trouble);

}  // namespace encke::load
