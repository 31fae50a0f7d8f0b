// SPDX-License-Identifier: MIT
// Sequence check: what one reader has got of a row of numbered events, and what that says: lost, again or out of order.
// Slow and fill have one for each client.
#pragma once

#include "bench/load/stats.hpp"

namespace encke::load {

class sequence_check {
 public:
  // Gives whether it is the one that is due.
  bool take(std::uint32_t number, stats::checked& into) noexcept {
    const bool is_due = number == next_;
    if (number < next_) {
      ++into.repeated;
    } else {
      into.lost += number - next_;
      next_ = number + 1;
    }
    ++into.delivered;
    return is_due;
  }
  // No more events come: those up to `published` are lost.
  void end(std::uint32_t published, stats::checked& into) noexcept {
    if (published > next_) into.lost += published - next_;
    next_ = std::max(next_, published);
  }
  // How many there were, if none was lost.
  [[nodiscard]] std::uint32_t next() const noexcept { return next_; }

 private:
  std::uint32_t next_ = 0;
};

}  // namespace encke::load
