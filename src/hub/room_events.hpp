// SPDX-License-Identifier: MIT
// Room events: tells the user's hooks who joins and leaves rooms, and when a room begins and ends on the whole server.
// For the latter the first worker keeps, if somebody wants to know, on how many workers each room is.
#pragma once

#include <encke/ledger.hpp>
#include <hub/nsp_core.hpp>
#include <map>
#include <string>
#include <string_view>

namespace encke::hub {

struct socket_state;

/// On the socket's worker, after the fact; `is_first`: nobody here was in the room.
void tell_joined(const socket_state&, std::string_view room, bool is_first);
/// `is_last`: nobody here is in the room any more. The name need not live longer than the call.
void tell_left(const socket_state&, std::string_view room, bool is_last);

/// The rooms of all workers, for the first one only.
class room_directory {
 public:
  void on_begin(const nsp_core&, const std::string& room);
  void on_end(const nsp_core&, const std::string& room);

 private:
  using name = std::pair<std::size_t, std::string>;  // the namespace's index, the room
  std::map<name, std::size_t, std::less<>, ledger::allocator<std::pair<const name, std::size_t>, ledger::purpose::room>>
      workers_;  // that have it
};

}  // namespace encke::hub
