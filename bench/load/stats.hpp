// SPDX-License-Identifier: MIT
// Stats: what a scenario has counted. Each thread has its own; the run adds them up when the threads have ended.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "bench/load/histogram.hpp"

namespace encke::load {

struct stats {
  std::uint64_t messages = 0;                        // units of work that were done
  histogram latency, spread;                         // of one; of the deliveries of one event
  std::uint64_t errors = 0;                          // also those before and after what is measured
  std::map<std::string, std::uint64_t> error_kinds;  // at most a few dozen
  std::map<unsigned, std::uint64_t> statuses;        // of HTTP, where they are the result
  std::uint64_t stalled = 0, stalled_left = 0;       // slow: readers that stopped; those the server sent away

  void fail(std::string_view what, std::uint64_t times = 1);
  // What is counted from now on is measured.
  void begin();
  void add(const stats& other);
  // Takes only what is counted at any time.
  void add_late(const stats& other);
};

}  // namespace encke::load
