// SPDX-License-Identifier: MIT
#include <hub/rooms.hpp>

#include <algorithm>
#include <encke/largest.hpp>
#include <hub/client.hpp>
#include <hub/room_events.hpp>
#include <iterator>

namespace encke::hub {

namespace {

constexpr std::size_t usual_link_size = 256;  // bytes

template <class ComesBefore>
using largest_of_rooms = encke::largest<const room*, ComesBefore>;

std::vector<room_info> infos_of(const std::vector<const room*>& found) {
  std::vector<room_info> infos;
  for (const auto* one : found) infos.push_back({std::string{one->name}, one->members.size(), one->held()});
  return infos;
}

}  // namespace

std::size_t socket_state::held() const {
  auto sum = ledger::set_aside(sizeof *this) + id.held() + (data ? data->size() : 0) + (opened ? opened->held() : 0);
  if (rooms.capacity() > rooms_in_place) sum += ledger::set_aside(rooms.capacity() * sizeof(membership));
  if (asked) sum += ledger::set_aside(sizeof *asked) + ledger::set_aside(asked->capacity() * sizeof(std::uint32_t));
  return sum + rooms.size() * sizeof(room_member);
}

std::size_t room::held() const {
  const auto places = members.capacity() > 1 ? ledger::set_aside(members.capacity() * sizeof(room_member)) : 0;
  return ledger::set_aside(sizeof *this) + name.held() + places;
}

void rooms::add(socket_state& socket) {
  socket.place = static_cast<std::uint32_t>(everyone_.size());
  everyone_.push_back(&socket);
  by_id_.insert(&socket);
}

void rooms::remove(socket_state& socket) {
  while (!socket.rooms.empty()) take_out(socket, static_cast<std::uint32_t>(socket.rooms.size() - 1));
  socket.rooms.shrink_to_fit();
  by_id_.take(socket.id);
  everyone_[socket.place] = everyone_.back();
  everyone_[socket.place]->place = socket.place;
  everyone_.pop_back();
  if (everyone_.empty()) everyone_.shrink_to_fit();
}

void rooms::join(socket_state& socket, std::string_view to) {
  auto* found = rooms_.find(to);
  if (found && is_in(socket, to)) return;
  if (!found) {
    auto made = std::make_unique<room>(to);
    found = made.get();
    rooms_.insert(std::move(made));
  }
  found->members.push_back({&socket, static_cast<std::uint32_t>(socket.rooms.size())});
  socket.rooms.push_back({found, static_cast<std::uint32_t>(found->members.size() - 1)});
  tell_joined(socket, to, found->members.size() == 1);
}

void rooms::leave(socket_state& socket, std::string_view from) {
  for (std::uint32_t slot = 0; slot < socket.rooms.size(); ++slot) {
    if (socket.rooms[slot].in->name.view() == from) return take_out(socket, slot);
  }
}

bool rooms::is_in(const socket_state& socket, std::string_view room) {
  return std::any_of(socket.rooms.begin(), socket.rooms.end(),
                     [&](const membership& m) { return m.in->name.view() == room; });
}

// Both lists give the freed place to their last entry, and tell its other end.
void rooms::take_out(socket_state& socket, std::uint32_t slot) {
  const auto [from, place] = socket.rooms[slot];
  auto& members = from->members;
  members[place] = members.back();
  members[place].socket->rooms[members[place].slot].place = place;
  members.pop_back();

  socket.rooms[slot] = socket.rooms.back();
  socket.rooms.pop_back();
  if (slot < socket.rooms.size()) socket.rooms[slot].in->members[socket.rooms[slot].place].slot = slot;

  if (!members.empty()) return tell_left(socket, from->name, false);
  const auto gone = rooms_.take(from->name);
  tell_left(socket, gone->name, true);
}

void rooms::warm(const socket_state& one, unsigned step) {
  if (step == 0) return prefetch(&one);
  if (step == 1) return prefetch(one.owner);
  if (!one.owner) return;
  const auto& link = one.owner->link();
  if (step == 2) return prefetch(&link, usual_link_size);
  link.warm(step - 3);
}

std::vector<socket_ptr> rooms::select(const selection& who) {
  std::vector<socket_ptr> found;
  for_each(who, [&](socket_state& socket) { found.emplace_back(&socket); });
  return found;
}

std::vector<room_info> rooms::list(std::string_view after, std::size_t limit) const {
  const auto by_name = [](const room* a, const room* b) { return a->name.view() < b->name.view(); };
  largest_of_rooms<decltype(by_name)> first{limit, by_name};
  rooms_.visit_while([&](const room& one) {
    if (one.name.view() > after) first.add(&one);
    return true;
  });
  return infos_of(first.take());
}

std::vector<room_info> rooms::largest(std::size_t limit) const {
  const auto is_larger = [](const room* a, const room* b) { return a->members.size() > b->members.size(); };
  largest_of_rooms<decltype(is_larger)> first{limit, is_larger};
  rooms_.visit_while([&](const room& one) {
    first.add(&one);
    return true;
  });
  return infos_of(first.take());
}

std::vector<room_info> sum_by_name(std::vector<std::vector<room_info>> parts) {
  std::vector<room_info> all;
  for (auto& some : parts) std::ranges::move(some, std::back_inserter(all));
  std::ranges::sort(all, {}, &room_info::name);
  std::size_t kept = 0;
  for (auto& one : all) {
    if (kept != 0 && all[kept - 1].name == one.name) {
      all[kept - 1].size += one.size;
      all[kept - 1].bytes += one.bytes;
    } else if (auto& to = all[kept++]; &to != &one) {
      to = std::move(one);
    }
  }
  all.resize(kept);
  return all;
}

}  // namespace encke::hub
