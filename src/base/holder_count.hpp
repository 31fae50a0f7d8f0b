// SPDX-License-Identifier: MIT
// Holder count: how many hold an object that any thread may hold. For objects with intrusive pointers. While the
// process has one thread, counting takes no atomic instruction, as with std::shared_ptr.
#pragma once

#include <sys/single_threaded.h>
#include <atomic>
#include <cstdint>

namespace encke {

class holder_count {
 public:
  void add() const noexcept {
    if (__libc_single_threaded)
      return count_.store(count_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    count_.fetch_add(1, std::memory_order_relaxed);
  }

  /// At this moment, for statistics.
  [[nodiscard]] std::uint32_t count() const noexcept { return count_.load(std::memory_order_relaxed); }
  /// More than one hold it. Only for objects that one thread holds.
  [[nodiscard]] bool is_shared() const noexcept { return count_.load(std::memory_order_relaxed) > 1; }

  /// True for the last one, who then destroys the object.
  [[nodiscard]] bool drop() const noexcept {
    if (!__libc_single_threaded) return count_.fetch_sub(1, std::memory_order_acq_rel) == 1;
    const auto left = count_.load(std::memory_order_relaxed) - 1;
    count_.store(left, std::memory_order_relaxed);
    return left == 0;
  }

 private:
  mutable std::atomic<std::uint32_t> count_{0};
};

}  // namespace encke
