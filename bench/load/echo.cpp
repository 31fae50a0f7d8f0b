// SPDX-License-Identifier: MIT
#include "bench/load/echo.hpp"

#include <fmt/format.h>

namespace encke::load {

namespace {

// Ids have six places, so that every message is as long as the others.
constexpr std::uint32_t first_id = 100'000, ids = 900'000;
constexpr std::size_t most_backlog = 1U << 20;

}  // namespace

echo::echo(const share& mine)
    : crowd{mine},
      event_{message(fmt::format(R"(42######["echo-ack","{}"])", stamped_text(mine.given.size)))},
      pace_{rate()},
      waits_for_(mine.count) {}

void echo::go(clock::time_point now) {
  crowd::go(now);
  if (pace_.is_on()) return pace_.start(now);
  for (auto& who : members_) {
    who->hold();
    for (unsigned i = 0; i < mine_.given.window && who->is_ready(); ++i) say_next(*who, now);
    who->release();
  }
}

void echo::say_next(client& who, clock::time_point due) {
  event_.fill(first_id + ids_++ % ids);
  event_.set({due, 0});
  ++on_their_way_;
  ++waits_for_[who.number() - mine_.first];
  who.say(event_);
}

void echo::on_turn(clock::time_point now) {
  crowd::on_turn(now);
  while (const auto due = pace_.take(now)) {
    auto* who = any_ready(next_member_++);
    if (who == nullptr) return;
    if (who->backlog() > most_backlog) {
      counted_.fail("not sent: the server does not read");
      continue;
    }
    say_next(*who, *due);
  }
}

void echo::on_packet(client& who, std::string_view packet) {
  if (packet[0] != '3') return;
  const auto sent = find_stamp(packet.substr(0, 64));
  if (!sent || packet.size() < mine_.given.size) return counted_.fail("an ack that is not the echo");
  auto& waits = waits_for_[who.number() - mine_.first];
  if (waits > 0) --waits, --on_their_way_;
  ++counted_.messages;
  counted_.latency.add(received_at() - sent->due);
  if (goes_ && !pace_.is_on()) say_next(who, received_at());
}

void echo::on_left(client& who) {
  auto& waits = waits_for_[who.number() - mine_.first];
  on_their_way_ -= waits;
  waits = 0;
}

void echo::stop() {
  crowd::stop();
  pace_.stop();
}

void echo::leave() {
  if (on_their_way_ > 0) counted_.fail("no ack", on_their_way_);
  crowd::leave();
}

}  // namespace encke::load
