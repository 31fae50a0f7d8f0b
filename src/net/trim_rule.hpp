// SPDX-License-Identifier: MIT
// Trim rule: when memory that was freed goes back to the system. Pure.
#pragma once

#include <chrono>
#include <cstdint>

namespace encke::net {

/// If the process has grown by more than its clients account for, and either most of them are gone or some time has
/// passed. Busy servers need again at once what they free, so they are left alone for longer. Each time is followed by
/// another, when what was under way is over: who left last filled caches again.
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

}  // namespace encke::net
