// SPDX-License-Identifier: MIT
// The memory monitor: takes the figures of this process and keeps what is needed to compare them: what was there at the
// start, the last hour, and the mark of the operator. One for the process; the debug pages and metrics show what it
// knows, app calls it once a second. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "gateway/memory/history.hpp"
#include "gateway/memory/picture.hpp"

namespace encke::gateway {

class memory_monitor {
 public:
  using clock = std::chrono::system_clock;

  struct report {
    clock::time_point at{};
    memory_picture picture{};
    allocator::figures heap{};
  };
  struct marked {
    clock::time_point at{};
    memory_picture picture{};
  };

  memory_monitor();

  /// What is allocated now is there for the start. Again each second for as long as `is_idle` says that nobody came
  /// yet: workers make what they need for themselves when they first run.
  void begin(std::function<bool()> is_idle = {});
  /// Once a second.
  void on_second();

  [[nodiscard]] report look();
  [[nodiscard]] std::chrono::duration<double> uptime() const;

  marked mark();
  void unmark();
  [[nodiscard]] std::optional<marked> last_mark() const;

  /// Calls `with` with the history, which does not change meanwhile.
  template <class F>
  void read_history(F&& with) const {
    const std::lock_guard hold{mutex_};
    with(history_);
  }

 private:
  [[nodiscard]] process_memory look_at_process_sometimes();

  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  mutable std::mutex mutex_;
  std::function<bool()> is_idle_;
  std::int64_t startup_ = 0;
  std::optional<marked> mark_;
  memory_history history_;
  std::chrono::steady_clock::time_point next_sample_{};
  // What smaps said last, and until when that is good enough.
  process_memory process_;
  std::chrono::steady_clock::time_point process_until_{};
};

}  // namespace encke::gateway
