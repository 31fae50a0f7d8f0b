// SPDX-License-Identifier: MIT
// Process: what processes have used so far, as the kernel counts it: processor time and memory, added up over pids.
// The run looks before and after what it measures; a difference of two looks is the result.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <vector>

namespace encke::load {

struct processor_time {
  std::chrono::nanoseconds total{};           // to the nanosecond, threads that ended included
  std::chrono::nanoseconds user{}, system{};  // in ticks of the kernel, often 10 ms

  friend processor_time operator-(const processor_time& a, const processor_time& b) noexcept {
    return {a.total - b.total, a.user - b.user, a.system - b.system};
  }
};

struct memory {
  std::int64_t rss_kib = 0, pss_kib = 0;
};

// Processes that are gone count as zero.
[[nodiscard]] processor_time processor_time_of(const std::vector<pid_t>& pids);
[[nodiscard]] memory memory_of(const std::vector<pid_t>& pids);
[[nodiscard]] bool is_running(pid_t pid);

}  // namespace encke::load
