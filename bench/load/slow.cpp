// SPDX-License-Identifier: MIT
#include "bench/load/slow.hpp"

#include <algorithm>
#include <cmath>

namespace encke::load {

std::atomic<bool> some_read_on{false};

namespace {

// Of all stalled ones those that are in this share, at least one.
std::size_t stalled_of(const share& mine) {
  const double part = mine.given.stalled < 1 ? mine.given.stalled : mine.given.stalled / mine.given.connections;
  const auto before = std::llround(part * mine.first), after = std::llround(part * (mine.first + mine.count));
  return std::clamp<std::size_t>(static_cast<std::size_t>(after - before), 1, std::max(mine.count, 2U) - 1);
}

}  // namespace

slow::slow(const share& mine)
    : broadcast{mine, sequenced_text(mine.given.size)},
      stalled_{stalled_of(mine)},
      checks_(mine.count),
      listens_(mine.count) {
  for (std::size_t i = 0; i < stalled_; ++i) members_[i]->be_narrow();
}

void slow::go(clock::time_point now) {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (!members_[i]->is_ready()) continue;
    listens_[i] = i >= stalled_;
    if (listens_[i]) continue;
    members_[i]->stall();
    --mine_.all.listening;
    ++counted_.stalled;
  }
  went_ = true;
  broadcast::go(now);
}

void slow::on_packet(client& who, std::string_view packet) {
  const auto number = find_sequence(packet.substr(0, 256));
  if (has_stalled(who)) {
    stats::checked nobody_counts;
    if (number) checks_[index_of(who)].take(*number, nobody_counts);
    return;
  }
  if (number) checks_[index_of(who)].take(*number, counted_.events);
  broadcast::on_packet(who, packet);
}

void slow::on_left(client& who) {
  if (!has_stalled(who)) broadcast::on_left(who);
}

void slow::on_lost(client& who, std::string_view why) {
  if (!has_stalled(who)) return broadcast::on_lost(who, why);
  ++counted_.stalled_left;
  ++counted_.stalled_ends[std::string{why}];
}

void slow::on_turn(clock::time_point now) {
  broadcast::on_turn(now);
  if (!went_ || some_read_ || !some_read_on) return;
  some_read_ = true;
  for (std::size_t i = 0; i < stalled_; i += 2) members_[i]->read_on();
}

void slow::stop() {
  broadcast::stop();
  for (std::size_t i = 0; i < stalled_; ++i) members_[i]->read_on();
}

bool slow::is_drained() const {
  const auto published = mine_.all.published.load();
  for (std::size_t i = 0; i < members_.size(); ++i)
    if (members_[i]->is_ready() && checks_[i].next() < published) return false;
  return broadcast::is_drained();
}

bool slow::can_say_goodbye(const client& who) const {
  return !has_stalled(who) && broadcast::can_say_goodbye(who);
}

void slow::leave() {
  const auto published = mine_.all.published.load();
  if (mine_.thread == 0) counted_.events.published = published;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (listens_[i]) checks_[i].end(published, counted_.events);
    if (i < stalled_ && members_[i]->is_ready()) ++counted_.stalled_ends["still connected"];
  }
  broadcast::leave();
}

}  // namespace encke::load
