// SPDX-License-Identifier: MIT
#include <net/trim_rule.hpp>

#include <algorithm>

namespace encke::net {

bool trim_rule::on_look(std::int64_t resident, std::int64_t held, time_point now) {
  if (resident_ < 0) on_trimmed(resident, held, now);
  peak_ = std::max(peak_, held);
  if (again_ && now - last_ >= settling) {
    again_ = false;
    return true;
  }
  const auto slack = (resident - resident_) - (held - held_);
  const bool has_grown = slack >= std::max(least_slack, held / 8);
  // The last time was in the middle of a departure, when those who stayed a little longer held whole pages.
  const bool has_emptied = held_ >= least_held && held * 2 <= held_;
  const bool is_time = has_grown ? held * 2 <= peak_ || now - last_ >= pause : has_emptied;
  again_ = again_ || is_time;
  return is_time;
}

void trim_rule::on_trimmed(std::int64_t resident, std::int64_t held, time_point now) {
  resident_ = resident;
  held_ = peak_ = held;
  last_ = now;
}

}  // namespace encke::net
