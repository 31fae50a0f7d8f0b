// SPDX-License-Identifier: MIT
#include "gateway/debug/user_finder.hpp"

#include <string_view>

namespace encke::gateway {

// What surrounds the user is known from a room of a user that is no name.
user_finder::user_finder(const api_state& api) : api_{api} {
  constexpr std::string_view nobody{"\0", 1};
  const auto room = api.with.user_room(nobody);
  const auto at = room.find(nobody);
  before_ = room.substr(0, at);
  after_ = at == room.npos ? "" : room.substr(at + 1);
}

std::string user_finder::user_of(const socket_info& one) const {
  std::string found;
  for (const auto& room : one.rooms) {
    if (room.size() < before_.size() + after_.size() || !room.starts_with(before_) || !room.ends_with(after_)) continue;
    auto user = room.substr(before_.size(), room.size() - before_.size() - after_.size());
    if (user.empty()) continue;
    // Where the name of a room says little, those that are online say the rest.
    if (api_.present.connections_of(user) != 0) return user;
    if (!before_.empty()) found = std::move(user);
  }
  return found;
}

}  // namespace encke::gateway
