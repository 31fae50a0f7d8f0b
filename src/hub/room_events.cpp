// SPDX-License-Identifier: MIT
#include <hub/room_events.hpp>

#include <hub/dispatch.hpp>
#include <hub/shard.hpp>

namespace encke::hub {

namespace {

void tell_all(const core& owner, const std::vector<room_handler>& hooks, const room_event& what) {
  for (const auto& hook : hooks) guarded_hook(owner, "room", [&] { hook(what); });
}

// What workers post arrives in the order in which it happened there, so that a room never ends before it began.
void tell_first_worker(const socket_state& socket, std::string_view room, bool begins) {
  auto& first = *socket.home.owner().shards().front();
  first.run([&first, nsp = nsp_ptr{&socket.nsp}, name = std::string{room}, begins] {
    begins ? first.directory().on_begin(*nsp, name) : first.directory().on_end(*nsp, name);
  });
}

void tell(const socket_state& socket, const std::vector<room_handler>& hooks, std::string_view room) {
  if (hooks.empty()) return;
  const encke::socket who{socket_ptr{const_cast<socket_state*>(&socket)}};
  tell_all(socket.home.owner(), hooks, {socket.nsp.name(), room, who});
}

}  // namespace

void tell_joined(const socket_state& socket, std::string_view room, bool is_first) {
  const auto& hooks = socket.nsp.registered().rooms;
  if (is_first && hooks.want_rooms()) tell_first_worker(socket, room, true);
  tell(socket, hooks.join, room);
}

void tell_left(const socket_state& socket, std::string_view room, bool is_last) {
  const auto& hooks = socket.nsp.registered().rooms;
  tell(socket, hooks.leave, room);
  if (is_last && hooks.want_rooms()) tell_first_worker(socket, room, false);
}

void room_directory::on_begin(const nsp_core& nsp, const std::string& room) {
  if (++workers_[{nsp.index(), room}] == 1) tell_all(nsp.owner(), nsp.registered().rooms.create, {nsp.name(), room});
}

void room_directory::on_end(const nsp_core& nsp, const std::string& room) {
  const auto found = workers_.find(name{nsp.index(), room});
  if (found == workers_.end() || --found->second != 0) return;
  workers_.erase(found);
  tell_all(nsp.owner(), nsp.registered().rooms.remove, {nsp.name(), room});
}

}  // namespace encke::hub
