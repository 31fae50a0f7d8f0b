// SPDX-License-Identifier: MIT
#include "bench/load/mixed.hpp"

#include <sys/resource.h>

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
    case kind::fair:
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

// Of the kind "fair".
constexpr unsigned quick_clients = 50;
constexpr double quick_rate = 500;  // echoes a second

}  // namespace

mixed::mixed(const share& mine) : scenario{mine} {
  mine.given.scenario == kind::fair ? add_many_and_few() : add_all();
}

void mixed::add(kind what, double rate, const options& given, const share& of) {
  auto& o = options_.emplace_back(given);
  o.scenario = what;
  o.rate = rate;
  parts_.push_back(make_scenario({of.all, o, of.on, of.thread, of.first, of.count, of.first_round, of.rounds_count}));
}

void mixed::add_all() {
  auto of = mine_;
  auto left = mine_.count;
  of.rounds_count = mine_.rounds_count / static_cast<unsigned>(std::size(recipes));
  for (const auto& r : recipes) {
    if ((r.needs_tokens && mine_.given.secret.empty()) || (r.needs_api && mine_.given.publish_url.empty())) continue;
    of.count = std::min(left, std::max(2U, static_cast<unsigned>(r.share * mine_.count)));
    if (of.count == 0) break;
    auto o = mine_.given;
    o.transport = r.scenario == kind::polling || r.scenario == kind::refuse ? way::polling : way::websocket;
    o.by = sender::socket;
    o.burst = o.batch = 1;
    add(r.scenario, r.scenario == kind::slow ? r.rate : r.rate * of.count * o.threads, o, of);
    of.first += of.count;
    left -= of.count;
    of.first_round += of.rounds_count;
  }
}

// Both threads have both parts, so that what they count can be added up; of one of them none of the clients.
void mixed::add_many_and_few() {
  auto many = mine_, few = mine_;
  many.first = 0;
  many.count = mine_.thread == 0 ? mine_.given.connections - quick_clients : 0;
  few.first = mine_.given.connections - quick_clients;
  few.count = mine_.thread == 0 ? 0 : quick_clients;
  add(kind::broadcast, mine_.given.rate, mine_.given, many);
  add(kind::echo, few.count == 0 ? 0 : quick_rate * mine_.given.threads, mine_.given, few);
}

void mixed::start() {
  // Who measures how long it waits for the server is not to wait for who only counts; without the right to, it may.
  if (mine_.given.scenario == kind::fair && mine_.thread != 0) ::setpriority(PRIO_PROCESS, 0, -15);
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
