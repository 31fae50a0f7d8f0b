// SPDX-License-Identifier: MIT
#include <net/memory_guard.hpp>

#include <malloc.h>
#include <algorithm>
#include <base/block_pool.hpp>
#include <net/worker.hpp>

namespace encke::net {

namespace {

constexpr auto between_purges = std::chrono::seconds{1};
constexpr std::size_t least_room = 64 * 1024;  // bytes of unfinished input that a worker takes between two looks
constexpr std::size_t noticeable = 64;         // of the limit, by which who has not joined is worth ending
constexpr unsigned most_doublings = 10;

counter counter_of(shedding step) {
  switch (step) {
    case shedding::none:
    case shedding::caches: break;
    case shedding::unjoined: return counter::pressure_unjoined;
    case shedding::handshakes: return counter::pressure_handshakes;
    case shedding::lossy: return counter::pressure_lossy;
    case shedding::slowest: return counter::pressure_slowest;
  }
  return counter::pressure_caches;
}

// The user's hook, if there is one that does not throw.
std::size_t measured(worker& at) {
  const auto& own = at.shared().options.memory.used;
  try {
    if (own) return own();
  } catch (...) {
    at.note_exception("memory.used", std::current_exception());
  }
  return resident_bytes();
}

void purge_here(worker& at) {
  block_pool::release();
  const auto& own = at.shared().options.memory.purge;
  try {
    if (own) return own();
  } catch (...) {
    at.note_exception("memory.purge", std::current_exception());
  }
  if (at.number() == 0) ::malloc_trim(0);
}

// Soon, behind what the worker is at.
void purge(worker& at) {
  at.post([&at] { purge_here(at); });
}

}  // namespace

void purge(service& shared) {
  for (auto* one : shared.workers) purge(*one);
}

memory_guard::memory_guard(service& shared)
    : shared_{shared}, rule_{shared.options.memory.limit}, timer_{shared.workers.front()->loop()} {}

void memory_guard::look() {
  auto& home = *shared_.workers.front();
  const auto used = measured(home);
  used_.store(used, std::memory_order_relaxed);
  const auto before = rule_.step();
  const auto step = rule_.on_look(used);
  if (step != before) enter(before, step);
  if (step >= shedding::caches && clock::now() - purged_ >= between_purges) give_back();
  if (step >= shedding::unjoined) end_strangers();
  if (step == shedding::slowest && !in_round_) begin_round();
  give_room();
  timer_.expires_at(after(clock::now(), shared_.options.memory.interval));
  timer_.async_wait([this, line = home.line()](const boost::system::error_code& failed) {
    if (!failed && line.serves()) look();
  });
}

void memory_guard::enter(shedding from, shedding to) {
  shared_.step.store(to, std::memory_order_relaxed);
  auto& home = *shared_.workers.front();
  for (auto step = from; step < to;) {
    step = static_cast<shedding>(static_cast<int>(step) + 1);
    home.count(counter_of(step));
  }
  if (to != shedding::slowest) {
    vain_rounds_ = 0;
    used_before_ = nothing_cut;
  }
  was_helpless_ = false;
  shared_.hub->log(to > from ? log_level::warning : log_level::info,
                   to == shedding::none ? "memory suffices again" : "memory is short",
                   {{"step", to_string(to)},
                    {"used", std::to_string(used())},
                    {"limit", std::to_string(shared_.options.memory.limit)}});
}

void memory_guard::give_back() {
  purged_ = clock::now();
  purge(shared_);
}

// Between this look and the next all workers together take half of what is left.
void memory_guard::give_room() {
  const auto limit = shared_.options.memory.limit;
  const auto left = limit - std::min(limit, used());
  shared_.room_for_input.store(std::max(least_room, left / 2 / shared_.workers.size()), std::memory_order_relaxed);
  shared_.looks.fetch_add(1, std::memory_order_relaxed);
}

void memory_guard::end_strangers() {
  const auto wanted = rule_.excess(used(), shedding::unjoined) / shared_.workers.size();
  const auto least = shared_.options.memory.limit / noticeable / shared_.workers.size();
  for (auto* one : shared_.workers)
    one->post([one, wanted, least] {
      if (end_unjoined(*one, wanted, least) != 0) purge(*one);
    });
}

// --- the slowest --------------------------------------------------------------------------------------------------

// What the workers have found so far; counted on the first one.
struct memory_guard::round {
  std::vector<burden> found;
  std::size_t missing;
};

void memory_guard::begin_round() {
  in_round_ = true;
  auto gathered = std::make_shared<round>(std::vector<burden>{}, shared_.workers.size());
  for (auto* one : shared_.workers)
    one->post([this, one, gathered] {
      shared_.workers.front()->post([this, gathered, part = burdens_of(*one)]() mutable {
        std::ranges::move(part, std::back_inserter(gathered->found));
        if (--gathered->missing == 0) end_round(std::move(gathered->found));
      });
    });
}

// Messages are shared, so that the first who goes may free next to nothing: if it did not help, twice as much has to
// go.
void memory_guard::end_round(std::vector<burden> found) {
  in_round_ = false;
  if (rule_.step() != shedding::slowest) return;
  if (found.empty()) {
    if (!std::exchange(was_helpless_, true))
      shared_.hub->log(log_level::error, "memory is short, and nobody can go", {{"used", std::to_string(used())}});
    return;
  }
  vain_rounds_ = used() < used_before_ ? 0 : std::min(vain_rounds_ + 1, most_doublings);
  used_before_ = used();
  const auto wanted = rule_.excess(used(), shedding::slowest) << vain_rounds_;
  std::ranges::sort(found, [](const burden& a, const burden& b) { return a.score > b.score; });
  std::size_t freed = 0;
  for (const auto& one : found) {
    auto* const home = shared_.workers[one.at];
    freed += one.frees;
    home->post([home, one] { relieve(*home, one); });
    if (freed >= wanted) break;
  }
  give_back();
}

}  // namespace encke::net
