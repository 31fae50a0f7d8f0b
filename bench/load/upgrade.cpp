// SPDX-License-Identifier: MIT
#include "bench/load/upgrade.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace encke::load {

namespace {

using namespace std::chrono_literals;

constexpr auto before_the_echo = 10ms;
constexpr auto rest = 50ms;
constexpr auto slowest_cycle = 10s;

}  // namespace

upgrade::upgrade(const share& mine)
    : crowd{mine},
      event_{fmt::format(R"(421["echo-ack","{}"])", stamped_text(mine.given.size))},
      pace_{rate()},
      visits_(mine.count) {
  for (unsigned i = mine.count; i-- > 0;) {
    visits_[i].token = token_of(mine.first + i);
    idle_.push_back(i);
  }
}

std::vector<scenario::part> upgrade::parts() {
  return {{name_of(mine_.given.scenario), &counted_}, {"echo", &echoed_}};
}

void upgrade::go(clock::time_point now) {
  crowd::go(now);
  pace_.start(now);
}

clock::time_point upgrade::next_due() const {
  const auto next = idle_.empty() ? clock::time_point::max() : pace_.next();
  return words_.empty() ? next : std::min(next, words_.front().at);
}

void upgrade::come(unsigned index, clock::time_point due) {
  auto& v = visits_[index];
  ++v.number;
  v.due = due;
  v.is_upgraded = v.has_echoed = false;
  members_[index]->come(v.token);
}

void upgrade::on_turn(clock::time_point now) {
  while (goes_ && !idle_.empty() && now >= rest_until_) {
    const auto due = pace_.is_on() ? pace_.take(now) : now;
    if (!due) break;
    const auto index = idle_.back();
    idle_.pop_back();
    come(index, *due);
  }
  say_what_is_due(now);
  if (now >= next_look_) give_up_slow(now);
}

void upgrade::say_what_is_due(clock::time_point now) {
  while (!words_.empty() && words_.front().at <= now) {
    const auto [index, number, at] = words_.front();
    words_.pop_front();
    if (visits_[index].number != number || !members_[index]->is_ready()) continue;
    event_.set({at, 0});
    members_[index]->say(event_);
  }
}

void upgrade::give_up_slow(clock::time_point now) {
  next_look_ = now + 1s;
  for (auto& who : members_) {
    if (who->is_outside() || now - who->came() < slowest_cycle) continue;
    who->drop();
    on_gone(*who, "not done in 10 s");
  }
}

void upgrade::on_ready(client& who) {
  words_.push_back({who.number() - mine_.first, of(who).number, clock::now() + before_the_echo});
}

void upgrade::on_upgraded(client& who) {
  of(who).is_upgraded = true;
  counted_.latency.add(clock::now() - of(who).due);
  leave_if_done(who);
}

void upgrade::on_packet(client& who, std::string_view packet) {
  if (packet[0] != '3') return;
  const auto sent = find_stamp(packet.substr(0, 64));
  if (!sent) return counted_.fail("an ack that is not the echo");
  echoed_.latency.add(received_at() - sent->due);
  ++echoed_.messages;
  of(who).has_echoed = true;
  leave_if_done(who);
}

void upgrade::leave_if_done(client& who) {
  const auto& v = of(who);
  if (!v.is_upgraded || !v.has_echoed) return;
  if (mine_.given.leave == goodbye::frame) return who.leave();
  who.drop();
  on_gone(who, "");
}

void upgrade::on_gone(client& who, std::string_view why) {
  const auto& v = of(who);
  const bool is_done = v.is_upgraded && v.has_echoed;
  if (is_done) {
    ++counted_.messages;
  } else {
    counted_.fail(fmt::format("not upgraded: {}", why));
    rest_until_ = clock::now() + rest;
  }
  idle_.push_back(who.number() - mine_.first);
}

void upgrade::stop() {
  crowd::stop();
  pace_.stop();
}

void upgrade::leave() {
  for (auto& who : members_) {
    if (who->is_outside()) continue;
    who->drop();
    idle_.push_back(who->number() - mine_.first);
  }
}

}  // namespace encke::load
