// SPDX-License-Identifier: MIT
#include "bench/load/team.hpp"

#include <sys/prctl.h>

#include <algorithm>

namespace encke::load {

namespace {

constexpr std::chrono::milliseconds longest_turn{100};

}  // namespace

team::team(const options& given, common& all) {
  const auto threads = given.threads;
  all.rounds_per_thread = stamp::numbers / threads;
  for (unsigned i = 0; i < threads; ++i) {
    members_.push_back(std::make_unique<member>());
    all.loops.push_back(&members_.back()->on);
  }
  for (unsigned i = 0; i < threads; ++i) {
    const auto first = static_cast<unsigned>(std::uint64_t{given.connections} * i / threads);
    const auto last = static_cast<unsigned>(std::uint64_t{given.connections} * (i + 1) / threads);
    members_[i]->work = make_scenario(
        {all, given, members_[i]->on, i, first, last - first, i * all.rounds_per_thread, all.rounds_per_thread});
  }
  for (auto& m : members_) threads_.emplace_back([this, &m] { work(*m); });
}

team::~team() {
  enter(phase::over);
  for (auto& t : threads_)
    if (t.joinable()) t.join();
}

void team::enter(phase p) {
  now_.store(p);
  for (auto& m : members_) m->on.wake();
}

void team::work(member& m) {
  prctl(PR_SET_TIMERSLACK, 1UL);  // what is due at a time is sent at that time
  m.work->start();
  for (auto at = phase::coming; at != phase::over;) {
    m.on.turn(std::min(m.work->next_due(), clock::now() + longest_turn));
    m.work->on_turn(clock::now());
    show(m, at);
    const auto wanted = now_.load();
    while (at != wanted) {
      at = static_cast<phase>(static_cast<unsigned>(at) + 1);
      change(m, at);
    }
  }
}

void team::change(member& m, phase to) {
  switch (to) {
    case phase::coming:
    case phase::over: return;
    case phase::warming_up: return m.work->go(clock::now());
    case phase::measured:
      for (auto& p : m.work->parts()) p.counted->begin();
      return;
    case phase::draining:
      for (auto& p : m.work->parts()) {
        m.measured.emplace_back(p.name, *p.counted);
        m.measured.back().second.forget_late();  // that of all phases is added at the end
      }
      return m.work->stop();
    case phase::leaving: return m.work->leave();
  }
}

void team::show(member& m, phase at) {
  std::uint64_t messages = 0;
  for (const auto& p : m.work->parts()) messages += p.counted->messages;
  m.shown.messages.store(messages, std::memory_order_relaxed);
  m.shown.inside.store(m.work->inside(), std::memory_order_relaxed);
  m.shown.is_ready.store(m.work->is_ready(), std::memory_order_relaxed);
  m.shown.is_done.store(m.work->is_done(), std::memory_order_relaxed);
  m.shown.is_drained.store(m.work->is_drained(), std::memory_order_relaxed);
  m.shown.is_empty.store(m.work->is_empty(), std::memory_order_relaxed);
  m.shown.at.store(at, std::memory_order_release);
}

bool team::every(std::atomic<bool> board::*what) const noexcept {
  return std::ranges::all_of(
      members_, [this, what](const auto& m) { return m->shown.at.load() == now_.load() && (m->shown.*what).load(); });
}

std::uint64_t team::sum(std::atomic<std::uint64_t> board::*what) const noexcept {
  std::uint64_t all = 0;
  for (const auto& m : members_) all += (m->shown.*what).load(std::memory_order_relaxed);
  return all;
}

std::vector<std::pair<std::string, stats>> team::end() {
  enter(phase::over);
  for (auto& t : threads_) t.join();
  std::vector<std::pair<std::string, stats>> all;
  for (auto& m : members_) {
    const auto late = m->work->parts();
    for (std::size_t i = 0; i < m->measured.size(); ++i) {
      m->measured[i].second.add_late(*late[i].counted);
      if (all.size() <= i) all.emplace_back(m->measured[i].first, stats{});
      all[i].second.add(m->measured[i].second);
    }
  }
  return all;
}

}  // namespace encke::load
