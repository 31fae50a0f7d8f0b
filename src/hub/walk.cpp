// SPDX-License-Identifier: MIT
#include <hub/walk.hpp>

#include <algorithm>

namespace encke::hub {

walk::walk(shard& home, std::vector<nsp_ptr> in, selection_ptr who)
    : home_{home}, in_{std::move(in)}, who_{std::move(who)} {
  std::size_t all = in_.size();
  for (const auto& nsp : in_)
    for (std::size_t list = 0; list < lists(); ++list) all += size_of(home_.in(*nsp), list);
  may_meet_again_ = all >= at_once || lists() > 1;
}

bool walk::next(std::vector<socket_ptr>& found) {
  for (auto left = at_once; space_ < in_.size(); ++space_, list_ = 0) {
    auto& here = home_.in(*in_[space_]);
    for (; list_ < lists(); ++list_, place_ = end)
      if (!look(here, left, found)) return true;
    if (left == 0) return true;
    --left;  // an empty namespace is a look, too
  }
  return false;
}

// Backwards: whoever leaves gives its place to the last, which then is met again rather than missed.
bool walk::look(rooms& here, std::size_t& left, std::vector<socket_ptr>& found) {
  const auto& rooms = selected(who_).rooms;
  const auto* room = is_of_everybody() ? nullptr : here.find_room(rooms[list_]);
  if (place_ == end && !is_of_everybody())
    if (auto* socket = here.find(rooms[list_])) take(*socket, found);
  const auto size = is_of_everybody() ? here.size() : room ? room->members.size() : 0;
  for (place_ = std::min(place_, size); place_ > 0; --left) {
    if (left == 0) return false;
    --place_;
    take(is_of_everybody() ? here.at(place_) : *room->members[place_].socket, found);
  }
  return true;
}

void walk::take(socket_state& socket, std::vector<socket_ptr>& found) {
  if (!socket.is_connected()) return;
  const auto has_it = [&](const std::string& name) { return rooms::is_named(socket, name); };
  if (std::ranges::any_of(selected(who_).except, has_it)) return;
  if (may_meet_again_ && !found_.insert(&socket).second) return;
  found.emplace_back(&socket);
}

std::size_t walk::size_of(const rooms& here, std::size_t list) const {
  if (is_of_everybody()) return here.size();
  const auto& name = selected(who_).rooms[list];
  const auto* room = here.find_room(name);
  const auto* socket = here.find(name);
  return (room ? room->members.size() : 0) + (socket && !rooms::is_in(*socket, name) ? 1 : 0);
}

std::optional<std::size_t> walk::size() const {
  if (!selected(who_).except.empty() || lists() > 1) return std::nullopt;
  std::size_t sum = 0;
  for (const auto& nsp : in_) sum += size_of(home_.in(*nsp), 0);
  return sum;
}

}  // namespace encke::hub
