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
  stalled += other.stalled;
  stalled_left += other.stalled_left;
  for (const auto& [what, times] : other.error_kinds) fail(what, times);
}

}  // namespace encke::load
