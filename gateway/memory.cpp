// SPDX-License-Identifier: MIT
#include "gateway/memory.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <encke/ledger.hpp>
#include <string_view>

namespace encke::gateway {

namespace {

using clock = std::chrono::steady_clock;
constexpr auto between_looks = std::chrono::seconds{1};

// The second field of statm, in pages (proc(5)). Nothing is allocated for it. 0 if it cannot be read.
std::int64_t resident_bytes() {
  std::array<char, 128> text;
  const int statm = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (statm < 0) return 0;
  const auto size = ::read(statm, text.data(), text.size());
  ::close(statm);
  const std::string_view fields{text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
  const auto second = fields.find(' ');
  if (second == fields.npos) return 0;
  std::int64_t pages = 0;
  std::from_chars(fields.data() + second + 1, fields.data() + fields.size(), pages);
  return pages * ::sysconf(_SC_PAGESIZE);
}

}  // namespace

bool trim_rule::on_look(std::int64_t resident, std::int64_t held, time_point now) {
  if (resident_ < 0) on_trimmed(resident, held, now);
  peak_ = std::max(peak_, held);
  const auto slack = (resident - resident_) - (held - held_);
  if (slack >= std::max(least_slack, held / 8)) return held * 2 <= peak_ || now - last_ >= pause;
  // The last time was in the middle of a departure, when those who stayed a little longer held whole pages.
  return held_ >= least_held && held * 2 <= held_;
}

void trim_rule::on_trimmed(std::int64_t resident, std::int64_t held, time_point now) {
  resident_ = resident;
  held_ = peak_ = held;
  last_ = now;
}

memory_watch::memory_watch()
    : thread_{[this](const std::stop_token& stop) {
        std::unique_lock lock{mutex_};
        while (!stopped_.wait_for(lock, stop, between_looks, [&stop] { return stop.stop_requested(); })) look();
      }} {}

void memory_watch::look() {
  if (!rule_.on_look(resident_bytes(), ledger::snapshot().bytes(), clock::now())) return;
  ::malloc_trim(0);
  rule_.on_trimmed(resident_bytes(), ledger::snapshot().bytes(), clock::now());
}

}  // namespace encke::gateway
