// SPDX-License-Identifier: MIT
#include "bench/load/churn.hpp"

#include <fmt/format.h>

namespace encke::load {

namespace {

using namespace std::chrono_literals;

constexpr auto rest = 50ms;
constexpr auto slowest_cycle = 10s;

}  // namespace

churn::churn(const share& mine) : crowd{mine}, pace_{rate()}, visits_(mine.count) {
  for (unsigned i = mine.count; i-- > 0;) {
    visits_[i].token = token_of(mine.first + i);
    idle_.push_back(i);
  }
}

void churn::go(clock::time_point now) {
  crowd::go(now);
  pace_.start(now);
}

void churn::come(unsigned index, clock::time_point due) {
  visits_[index].due = due;
  visits_[index].was_in = false;
  members_[index]->come(visits_[index].token);
}

void churn::on_turn(clock::time_point now) {
  while (goes_ && !idle_.empty() && now >= rest_until_) {
    const auto due = pace_.is_on() ? pace_.take(now) : clock::now();
    if (!due) break;
    const auto index = idle_.back();
    idle_.pop_back();
    come(index, *due);
  }
  if (now < next_look_) return;
  next_look_ = now + 1s;
  for (auto& who : members_) {
    if (who->is_outside() || now - who->came() < slowest_cycle) continue;
    who->drop();
    visits_[who->number() - mine_.first].was_in = false;
    on_gone(*who, "no answer in 10 s");
  }
}

void churn::on_ready(client& who) {
  auto& v = visits_[who.number() - mine_.first];
  v.was_in = true;
  counted_.latency.add(received_at() - v.due);
  if (mine_.given.leave == goodbye::frame) return who.leave();
  who.drop();
  on_gone(who, "");
}

void churn::on_gone(client& who, std::string_view why) {
  const auto index = who.number() - mine_.first;
  if (visits_[index].was_in) {
    ++counted_.messages;
  } else {
    counted_.fail(fmt::format("not let in: {}", why));
    rest_until_ = clock::now() + rest;
  }
  if (goes_ && !pace_.is_on() && visits_[index].was_in) return come(index, clock::now());
  idle_.push_back(index);
}

void churn::stop() {
  crowd::stop();
  pace_.stop();
}

void churn::leave() {
  for (auto& who : members_) {
    if (who->is_outside()) continue;
    who->drop();
    idle_.push_back(who->number() - mine_.first);
  }
}

}  // namespace encke::load
