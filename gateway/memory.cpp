// SPDX-License-Identifier: MIT
#include "gateway/memory.hpp"

#include <algorithm>
#include <encke/ledger.hpp>
#include <encke/memory.hpp>
#include <utility>

namespace encke::gateway {

namespace {

using clock = std::chrono::steady_clock;
constexpr auto between_looks = std::chrono::seconds{1};

std::int64_t resident() {
  return static_cast<std::int64_t>(resident_bytes());
}

}  // namespace

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

memory_watch::memory_watch(std::function<void()> give_back, std::function<void()> each_second)
    : give_back_{std::move(give_back)},
      each_second_{std::move(each_second)},
      thread_{[this](const std::stop_token& stop) {
        std::unique_lock lock{mutex_};
        while (!stopped_.wait_for(lock, stop, between_looks, [&stop] { return stop.stop_requested(); })) look();
      }} {}

void memory_watch::look() {
  if (each_second_) each_second_();
  const auto resident_now = resident(), held = ledger::snapshot().bytes();
  if (std::exchange(asked_, false)) return rule_.on_trimmed(resident_now, held, clock::now());
  asked_ = rule_.on_look(resident_now, held, clock::now());
  if (asked_) give_back_();
}

}  // namespace encke::gateway
