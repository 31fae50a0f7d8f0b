// SPDX-License-Identifier: MIT
// Memory: what the process has freed goes back to the system. An allocator keeps freed memory for its next use: the C
// library's lets go of little by itself, jemalloc of pages that nobody used for a while. So that one crowd is not paid
// for until the next restart, this looks once a second at what is resident and at what the ledger says is held; a look
// costs microseconds. One for the process, set up by `serve`.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

namespace encke::gateway {

/// When to give memory back: if the process has grown by more than its clients account for, and either most of them are
/// gone or some time has passed. Busy servers need again at once what they free, so they are left alone for longer.
/// Each time is followed by another, when what was under way is over: who left last filled caches again.
class trim_rule {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr std::int64_t least_slack = 512 * 1024;
  static constexpr std::int64_t least_held = 64 * 1024;
  static constexpr std::chrono::seconds pause{30};
  static constexpr std::chrono::seconds settling{10};

  /// What is resident and what is held, both in bytes. True: it is time.
  [[nodiscard]] bool on_look(std::int64_t resident, std::int64_t held, time_point now);
  /// It was done, and this is left.
  void on_trimmed(std::int64_t resident, std::int64_t held, time_point now);

 private:
  std::int64_t resident_ = -1;  // after the last time; -1 before the first look
  std::int64_t held_ = 0;
  std::int64_t peak_ = 0;  // of what was held since then
  time_point last_{};
  bool again_ = false;  // once more, when `settling` is over
};

class memory_watch {
 public:
  /// `give_back` does it, within a second; `each_second` is called besides. Both on the watch's thread.
  explicit memory_watch(std::function<void()> give_back, std::function<void()> each_second = {});
  memory_watch(const memory_watch&) = delete;
  memory_watch& operator=(const memory_watch&) = delete;

 private:
  void look();

  trim_rule rule_;
  bool asked_ = false;  // at the last look
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::function<void()> give_back_;
  std::function<void()> each_second_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace encke::gateway
