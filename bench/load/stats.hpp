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

  // Slow and fill, from the first message on: how events with a sequence number came in.
  struct checked {
    std::uint64_t published = 0, delivered = 0;
    std::uint64_t lost = 0;      // numbers that a reader never got
    std::uint64_t repeated = 0;  // came again, or behind a later one
  };
  checked events;
  std::uint64_t stalled = 0, stalled_left = 0;        // readers that stopped; those the server sent away
  std::map<std::string, std::uint64_t> stalled_ends;  // what these found when they read again

  void fail(std::string_view what, std::uint64_t times = 1);
  // What is counted from now on is measured.
  void begin();
  void add(const stats& other);
  // What is counted at any time, measured or not: takes only that; has none of it any more.
  void add_late(const stats& other);
  void forget_late();
};

}  // namespace encke::load
