// SPDX-License-Identifier: MIT
#include "bench/load/refuse.hpp"

#include <fmt/format.h>

#include <cstring>
#include <ctime>

#include "bench/load/crowd.hpp"

namespace encke::load {

namespace {

using namespace std::chrono_literals;

constexpr auto rest = 50ms;
constexpr unsigned unauthorized = 401;

}  // namespace

refuse::refuse(const share& mine) : scenario{mine}, pace_{rate()} {
  const auto& o = mine.given;
  const mint tokens{o.secret, o.claim};
  const auto token = tokens.make(user_name(mine.first), std::time(nullptr), o.bad);
  const auto& server = mine.all.server;
  request_ = o.is_polling() ? server.handshake("polling", token, *o.keep_alive) : server.upgrade(token);
  if (o.count > 0) most_ = o.count * (mine.thread + 1) / o.threads - o.count * mine.thread / o.threads;
  for (unsigned i = 0; i < mine.count; ++i) {
    doors_.push_back(std::make_unique<door>(*this, mine.first + i));
    idle_.push_back(doors_.back().get());
  }
}

refuse::door::door(refuse& of, unsigned n)
    : owner{of}, line{of.mine_.on, of.mine_.all.server.address, *this, of.mine_.all.server.source_of(n)}, number{n} {
  line.use_once(!*of.mine_.given.keep_alive);
}

void refuse::door::knock(clock::time_point when) {
  due = when;
  const auto nth = owner.knocks_++;
  if (!line.is_open()) line.come_from(owner.mine_.all.server.source_of(static_cast<unsigned>(nth)));
  line.ask(owner.request_);
}

void refuse::door::on_answer(http_line&, unsigned status, std::string_view) {
  auto& o = owner;
  ++o.counted_.statuses[status];
  if (status == unauthorized) {
    ++o.counted_.messages;
    o.counted_.latency.add(o.mine_.on.received_at() - due);
  } else {
    o.counted_.fail(fmt::format("HTTP {}, not 401", status));
  }
  if (o.goes_ && o.has_more() && !o.pace_.is_on()) return knock(clock::now());
  o.idle_.push_back(this);
}

void refuse::door::on_no_answer(http_line&, int error) {
  owner.counted_.fail(error != 0 ? std::strerror(error) : "closed before the answer");
  owner.rest_until_ = clock::now() + rest;
  owner.idle_.push_back(this);
}

void refuse::go(clock::time_point now) {
  goes_ = true;
  pace_.start(now);
}

void refuse::on_turn(clock::time_point now) {
  while (goes_ && has_more() && !idle_.empty() && now >= rest_until_) {
    const auto due = pace_.is_on() ? pace_.take(now) : clock::now();
    if (!due) return;
    auto* next = idle_.back();
    idle_.pop_back();
    next->knock(*due);
  }
}

void refuse::stop() {
  goes_ = false;
  pace_.stop();
}

void refuse::leave() {
  for (auto& d : doors_) d->line.give_up();
}

}  // namespace encke::load
