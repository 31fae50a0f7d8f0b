// SPDX-License-Identifier: MIT
#include "bench/load/stats.hpp"

namespace encke::load {

namespace {
constexpr std::size_t most_kinds = 32;
}

void stats::fail(std::string_view what, std::uint64_t times) {
  errors += times;
  std::string name{what.substr(0, 200)};
  if (error_kinds.size() >= most_kinds && !error_kinds.contains(name)) name = "others";
  error_kinds[name] += times;
}

void stats::begin() {
  messages = 0;
  latency.clear();
  spread.clear();
  statuses.clear();
}

void stats::add(const stats& other) {
  messages += other.messages;
  latency.add(other.latency);
  spread.add(other.spread);
  for (const auto& [status, times] : other.statuses) statuses[status] += times;
  add_late(other);
}

void stats::add_late(const stats& other) {
  events.published += other.events.published;
  events.delivered += other.events.delivered;
  events.lost += other.events.lost;
  events.repeated += other.events.repeated;
  stalled += other.stalled;
  stalled_left += other.stalled_left;
  for (const auto& [what, times] : other.stalled_ends) stalled_ends[what] += times;
  for (const auto& [what, times] : other.error_kinds) fail(what, times);
}

void stats::forget_late() {
  events = {};
  stalled = stalled_left = errors = 0;
  stalled_ends.clear();
  error_kinds.clear();
}

}  // namespace encke::load
