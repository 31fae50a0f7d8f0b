// SPDX-License-Identifier: MIT
#include "gateway/memory/monitor.hpp"

#include <algorithm>
#include <encke/memory.hpp>

namespace encke::gateway {

namespace {

using steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

// The system walks all pages for smaps: where that takes longer, it is not asked each second.
constexpr auto cheap = 1ms;
constexpr auto keep = 10s;

memory_figures figures_of(process_memory process, std::int64_t startup) {
  return {.held = ledger::snapshot(), .heap = allocator::look(), .process = process, .startup = startup};
}

}  // namespace

memory_monitor::memory_monitor() {
  begin();
}

void memory_monitor::begin(std::function<bool()> is_idle) {
  const auto outside = outside_of_ledger(figures_of({}, 0));
  const std::lock_guard hold{mutex_};
  startup_ = outside;
  is_idle_ = std::move(is_idle);
}

void memory_monitor::on_second() {
  auto still_idle = [this] {
    const std::lock_guard hold{mutex_};
    return std::exchange(is_idle_, nullptr);
  }();
  if (still_idle && still_idle()) begin(std::move(still_idle));

  const auto now = steady::now();
  {
    const std::lock_guard hold{mutex_};
    if (now < next_sample_) return;
    next_sample_ = now + memory_history::step;
  }
  const auto found = look();
  const std::lock_guard hold{mutex_};
  history_.add(std::chrono::floor<std::chrono::seconds>(found.at).time_since_epoch().count(), found.picture);
}

// Of the parts that are not the heap nothing changes quickly, so that the heap is the rest of what is resident now.
process_memory memory_monitor::look_at_process_sometimes() {
  const auto began = steady::now();
  {
    const std::lock_guard hold{mutex_};
    if (began < process_until_) {
      auto now = process_;
      now.heap = std::max<std::int64_t>(static_cast<std::int64_t>(resident_bytes()) - (now.resident() - now.heap), 0);
      return now;
    }
  }
  const auto found = look_at_process();
  const auto ended = steady::now();
  const std::lock_guard hold{mutex_};
  process_ = found;
  process_until_ = ended - began > cheap ? ended + keep : ended;
  return found;
}

memory_monitor::report memory_monitor::look() {
  const auto at = clock::now();
  const auto process = look_at_process_sometimes();
  const auto startup = [this] {
    const std::lock_guard hold{mutex_};
    return startup_;
  }();
  auto now = figures_of(process, startup);
  return {.at = at, .picture = picture_of(now), .heap = std::move(now.heap)};
}

std::chrono::duration<double> memory_monitor::uptime() const {
  return steady::now() - began_;
}

memory_monitor::marked memory_monitor::mark() {
  auto found = look();
  const std::lock_guard hold{mutex_};
  return mark_.emplace(found.at, std::move(found.picture));
}

void memory_monitor::unmark() {
  const std::lock_guard hold{mutex_};
  mark_.reset();
}

std::optional<memory_monitor::marked> memory_monitor::last_mark() const {
  const std::lock_guard hold{mutex_};
  return mark_;
}

}  // namespace encke::gateway
