// SPDX-License-Identifier: MIT
#include "turn.hpp"

#include <algorithm>

namespace limit {

void turn::join(session& one, std::string_view room_name, std::size_t place) {
  auto at = rooms_.find(room_name);
  if (at == rooms_.end()) {
    at = rooms_.try_emplace(std::string{room_name}).first;
    at->second.name = at->first;
  }
  auto& to = at->second;
  if (one.rooms[0].in == &to) return;  // a user whose name is that of the other room
  one.rooms[place] = {&to, static_cast<std::uint32_t>(to.members.size())};
  to.members.push_back(&one);
  mark(one);  // what was sent before it came is not for it
}

void turn::leave(session& one) {
  for (auto& place : one.rooms)
    if (place.in != nullptr) take_out(place);
}

void turn::take_out(membership& place) {
  auto& from = *place.in;
  auto* moved = from.members.back();
  from.members[place.slot] = moved;
  from.members.pop_back();
  for (auto& other : moved->rooms)
    if (other.in == &from) other.slot = place.slot;
  place = {};
  if (from.members.empty() && from.first == none) rooms_.erase(rooms_.find(from.name));
}

room* turn::find(std::string_view name) {
  const auto at = rooms_.find(name);
  return at == rooms_.end() ? nullptr : &at->second;
}

void turn::sent(room& to) {
  const auto begin = pieces_.empty() ? 0 : pieces_.back().end;
  const auto end = static_cast<std::uint32_t>(text_.size());
  if (to.last != none && to.last + 1 == pieces_.size()) {
    pieces_.back().end = end;  // the room's last piece is the last of all
    return;
  }
  const auto added = static_cast<std::uint32_t>(pieces_.size());
  pieces_.push_back({begin, end, none});
  if (to.first == none) {
    to.first = added;
    touched_.push_back(&to);
  } else {
    pieces_[to.last].next = added;
  }
  to.last = added;
}

bool turn::has_news(const session& one) const {
  const auto seen = seen_by(one);
  return std::ranges::any_of(one.rooms, [&](const membership& place) {
    return place.in != nullptr && place.in->last != none && pieces_[place.in->last].end > seen;
  });
}

void turn::mark(session& one) {
  one.turn = number_;
  one.seen = static_cast<std::uint32_t>(text_.size());
}

std::string_view turn::news_of(session& one) {
  const auto seen = seen_by(one);
  mark(one);
  if (pieces_.size() == 1) return std::string_view{text_}.substr(seen);
  gathered_.clear();
  auto a = one.rooms[0].in != nullptr ? one.rooms[0].in->first : none;
  auto b = one.rooms[1].in != nullptr ? one.rooms[1].in->first : none;
  while (a != none || b != none) {
    auto& next = a < b ? a : b;  // the earlier piece; none is the greatest number
    const auto& taken = pieces_[next];
    const auto begin = std::max(taken.begin, seen);
    if (taken.end > begin) gathered_.append(text_, begin, taken.end - begin);
    next = taken.next;
  }
  return gathered_;
}

void turn::begin_next() {
  for (auto* one : touched_) {
    one->first = one->last = none;
    if (one->members.empty()) rooms_.erase(rooms_.find(one->name));
  }
  touched_.clear();
  pieces_.clear();
  text_.clear();
  if (text_.capacity() > 1U << 20U) std::string{}.swap(text_);
  ++number_;
}

}  // namespace limit
