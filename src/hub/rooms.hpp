// SPDX-License-Identifier: MIT
// Rooms: the sockets of one namespace on one worker, and which of them are in which room.
// Both directions are kept, so that joining, leaving and going cost the same however large a room is. A socket's id
// selects it without a room of its own.
#pragma once

#include <base/few.hpp>
#include <base/keyed_set.hpp>
#include <base/prefetch.hpp>
#include <base/short_text.hpp>
#include <cstddef>
#include <encke/ledger.hpp>
#include <hub/socket_state.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace encke::hub {

/// Who gets a message. No room at all means everybody.
struct selection {
  std::vector<std::string> rooms;
  std::vector<std::string> except;
  bool lossy = false;
  friend bool operator==(const selection&, const selection&) = default;
};

struct room_member {
  socket_state* socket;
  std::uint32_t slot;  // index in socket->rooms
};

struct room : ledger::charged<ledger::purpose::room> {
  explicit room(std::string_view called) : name{called} {}

  const short_text<ledger::purpose::room> name;
  few<room_member, 1, ledger::purpose::room> members;

  [[nodiscard]] std::size_t held() const;
};

class rooms {
 public:
  void add(socket_state&);
  /// Takes the socket out of everything.
  void remove(socket_state&);

  void join(socket_state&, std::string_view room);
  void leave(socket_state&, std::string_view room);
  [[nodiscard]] static bool is_in(const socket_state&, std::string_view room);
  /// A selection of this name has the socket: it is in the room, or this is its id.
  [[nodiscard]] static bool is_named(const socket_state& socket, std::string_view name) {
    return socket.id.view() == name || is_in(socket, name);
  }
  /// A room of this name is there; a socket's id is none.
  [[nodiscard]] bool has(std::string_view room) const { return rooms_.find(room) != nullptr; }

  /// Calls `visit` for each connected socket of the selection, once each. `visit` must not change the rooms.
  template <class Visit>
  void for_each(const selection&, Visit&& visit);

  /// A copy, for callers that change the rooms while they walk.
  [[nodiscard]] std::vector<socket_ptr> select(const selection&);

  [[nodiscard]] socket_state* find(std::string_view id) const { return by_id_.find(id); }
  /// nullptr if there is none; until somebody joins or leaves it.
  [[nodiscard]] const room* find_room(std::string_view name) const { return rooms_.find(name); }
  [[nodiscard]] std::size_t size() const { return everyone_.size(); }
  /// Each number below `size` stands for a socket, until one is added or removed.
  [[nodiscard]] socket_state& at(std::size_t number) const { return *everyone_[number]; }
  /// The first `limit` rooms by name after `after`.
  [[nodiscard]] std::vector<room_info> list(std::string_view after, std::size_t limit) const;
  /// The `limit` rooms that hold the most.
  [[nodiscard]] std::vector<room_info> largest(std::size_t limit) const;

 private:
  void take_out(socket_state&, std::uint32_t slot);
  static void warm(const socket_state&, unsigned step);
  /// Calls `visit` for each of `count` sockets that `at` gives by their number.
  template <class At, class Visit>
  static void walk(std::size_t count, At&& at, Visit&& visit);

  keyed_set<std::unique_ptr<room>, &room::name, ledger::purpose::room> rooms_;
  keyed_set<socket_state*, &socket_state::id, ledger::purpose::room> by_id_;
  ledger::vector<socket_state*, ledger::purpose::room> everyone_;
  std::uint64_t broadcasts_ = 0;
};

template <class At, class Visit>
void rooms::walk(std::size_t count, At&& at, Visit&& visit) {
  constexpr unsigned steps = 5;  // socket, client, link, and two that the link knows
  for (std::size_t i = 0; i < count; ++i) {
    if (count >= crowd) look_ahead(i, count, steps, [&at](std::size_t ahead, unsigned step) { warm(at(ahead), step); });
    visit(at(i));
  }
}

template <class Visit>
void rooms::for_each(const selection& who, Visit&& visit) {
  const std::uint64_t mark = ++broadcasts_;
  auto visit_once = [&](socket_state& socket) {
    if (socket.selected_by == mark || !socket.is_connected()) return;
    socket.selected_by = mark;
    visit(socket);
  };
  auto in_each = [&](const std::vector<std::string>& names, auto&& act) {
    for (const auto& one : names) {
      const hashed_text name{one};
      if (auto* socket = by_id_.find(name)) act(*socket);
      if (const auto* found = rooms_.find(name))
        walk(
            found->members.size(), [found](std::size_t i) -> auto& { return *found->members[i].socket; }, act);
    }
  };
  in_each(who.except, [&](socket_state& socket) { socket.selected_by = mark; });
  if (!who.rooms.empty()) return in_each(who.rooms, visit_once);
  walk(
      everyone_.size(), [this](std::size_t i) -> auto& { return *everyone_[i]; }, visit_once);
}

/// The rooms that several workers have, by name, each once with all its members.
[[nodiscard]] std::vector<room_info> sum_by_name(std::vector<std::vector<room_info>> parts);

}  // namespace encke::hub
