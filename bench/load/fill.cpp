// SPDX-License-Identifier: MIT
#include "bench/load/fill.hpp"

namespace encke::load {

fill::fill(const share& mine)
    : crowd{mine},
      api_{mine.on, mine.all.push, mine.given, counted_, mine.given.batch > 1},
      checks_(mine.count),
      listens_(mine.count) {
  for (auto& who : members_) who->be_narrow();
}

void fill::go(clock::time_point now) {
  crowd::go(now);
  not_before_ = now + hold();
  for (std::size_t i = 0; i < members_.size(); ++i) {
    listens_[i] = members_[i]->is_ready();
    if (!listens_[i]) continue;
    members_[i]->stall();
    ++counted_.stalled;
  }
}

void fill::on_turn(clock::time_point now) {
  crowd::on_turn(now);
  if (!goes_ || now < not_before_ || !api_.is_free() || held_until_ != clock::time_point::max()) return;
  if (round_ < mine_.given.count && ready_ > 0) return post();
  held_until_ = now + hold();
}

clock::duration fill::hold() const {
  return std::chrono::nanoseconds{static_cast<std::int64_t>(mine_.given.hold * 1e9)};
}

void fill::post() {
  unsigned lines = 0;
  while (lines < mine_.given.batch && round_ < mine_.given.count) {
    if (listens_[next_member_]) {
      api_.add(user_of(members_[next_member_]->number()), {clock::now(), 0}, round_);
      ++lines;
    }
    if (++next_member_ < members_.size()) continue;
    next_member_ = 0;
    ++round_;
  }
  if (lines == 0) return;
  counted_.events.published += lines;
  counted_.messages += lines;
  api_.post();
}

void fill::stop() {
  crowd::stop();
  if (mine_.given.then == afterwards::leave) return;
  for (auto& who : members_) who->read_on();
}

bool fill::is_drained() const {
  if (mine_.given.then == afterwards::leave) return true;
  for (std::size_t i = 0; i < members_.size(); ++i)
    if (members_[i]->is_ready() && checks_[i].next() < round_) return false;
  return true;
}

bool fill::can_say_goodbye(const client& who) const {
  return mine_.given.then == afterwards::read && crowd::can_say_goodbye(who);
}

void fill::leave() {
  if (mine_.given.then == afterwards::read) {
    for (std::size_t i = 0; i < members_.size(); ++i)
      if (listens_[i]) checks_[i].end(round_, counted_.events);
  }
  crowd::leave();
}

void fill::on_packet(client& who, std::string_view packet) {
  const auto number = find_sequence(packet.substr(0, 256));
  if (!number) return counted_.fail("an event that nobody sent");
  checks_[who.number() - mine_.first].take(*number, counted_.events);
}

}  // namespace encke::load
