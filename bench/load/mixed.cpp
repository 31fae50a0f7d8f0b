// SPDX-License-Identifier: MIT
#include "bench/load/mixed.hpp"

#include <algorithm>

#include "bench/load/broadcast.hpp"
#include "bench/load/churn.hpp"
#include "bench/load/echo.hpp"
#include "bench/load/fill.hpp"
#include "bench/load/idle.hpp"
#include "bench/load/publish.hpp"
#include "bench/load/refuse.hpp"
#include "bench/load/rooms.hpp"
#include "bench/load/slow.hpp"
#include "bench/load/upgrade.hpp"

namespace encke::load {

std::unique_ptr<scenario> make_scenario(const share& mine) {
  switch (mine.given.scenario) {
    case kind::idle: return std::make_unique<idle>(mine);
    case kind::echo:
    case kind::polling: return std::make_unique<echo>(mine);
    case kind::broadcast: return std::make_unique<broadcast>(mine);
    case kind::rooms: return std::make_unique<rooms>(mine);
    case kind::churn: return std::make_unique<churn>(mine);
    case kind::refuse: return std::make_unique<refuse>(mine);
    case kind::slow: return std::make_unique<slow>(mine);
    case kind::publish: return std::make_unique<publish>(mine);
    case kind::upgrade: return std::make_unique<upgrade>(mine);
    case kind::fill: return std::make_unique<fill>(mine);
    case kind::mixed: return std::make_unique<mixed>(mine);
  }
  return nullptr;
}

namespace {

struct recipe {
  kind scenario;
  double share;  // of the connections
  double rate;   // a second for each connection of the part; broadcasts: in all
  bool needs_tokens, needs_api;
};

// Slow readers, because they take most of a server's memory, are few. Rates keep one core busy with some thousand
// clients.
constexpr recipe recipes[] = {
    {kind::echo, 0.20, 2, false, false},  {kind::polling, 0.10, 0.5, false, false}, {kind::rooms, 0.15, 1, true, false},
    {kind::churn, 0.05, 1, false, false}, {kind::refuse, 0.02, 10, true, false},    {kind::slow, 0.08, 2, false, false},
    {kind::publish, 0.10, 1, true, true}, {kind::idle, 1, 0, false, false},  // all others
};

}  // namespace

mixed::mixed(const share& mine) : scenario{mine} {
  unsigned left = mine.count, first = mine.first, round = mine.first_round;
  const auto rounds_each = mine.rounds_count / static_cast<unsigned>(std::size(recipes));
  for (const auto& r : recipes) {
    if ((r.needs_tokens && mine.given.secret.empty()) || (r.needs_api && mine.given.publish_url.empty())) continue;
    const auto count = std::min(left, std::max(2U, static_cast<unsigned>(r.share * mine.count)));
    if (count == 0) break;
    auto& o = options_.emplace_back(mine.given);
    o.scenario = r.scenario;
    o.transport = r.scenario == kind::polling || r.scenario == kind::refuse ? way::polling : way::websocket;
    o.by = sender::socket;
    o.burst = o.batch = 1;
    o.rate = r.scenario == kind::slow ? r.rate : r.rate * count * mine.given.threads;
    parts_.push_back(make_scenario({mine.all, o, mine.on, mine.thread, first, count, round, rounds_each}));
    first += count;
    left -= count;
    round += rounds_each;
  }
}

void mixed::start() {
  for (auto& p : parts_) p->start();
}

bool mixed::is_ready() const {
  return std::ranges::all_of(parts_, [](const auto& p) { return p->is_ready(); });
}

void mixed::go(clock::time_point now) {
  for (auto& p : parts_) p->go(now);
}

void mixed::on_turn(clock::time_point now) {
  for (auto& p : parts_) p->on_turn(now);
}

clock::time_point mixed::next_due() const {
  auto first = clock::time_point::max();
  for (const auto& p : parts_) first = std::min(first, p->next_due());
  return first;
}

void mixed::stop() {
  for (auto& p : parts_) p->stop();
}

bool mixed::is_drained() const {
  return std::ranges::all_of(parts_, [](const auto& p) { return p->is_drained(); });
}

void mixed::leave() {
  for (auto& p : parts_) p->leave();
}

bool mixed::is_empty() const {
  return std::ranges::all_of(parts_, [](const auto& p) { return p->is_empty(); });
}

std::size_t mixed::inside() const {
  std::size_t sum = 0;
  for (const auto& p : parts_) sum += p->inside();
  return sum;
}

std::vector<scenario::part> mixed::parts() {
  std::vector<part> all;
  for (auto& p : parts_)
    for (const auto& one : p->parts()) all.push_back(one);
  return all;
}

}  // namespace encke::load
