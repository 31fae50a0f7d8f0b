// SPDX-License-Identifier: MIT
// Whose socket is it? Nothing is kept for that: the user is in the name of one of the socket's rooms. Used by the debug
// pages.
#pragma once

#include <encke/socket.hpp>
#include <string>

#include "gateway/api/routes.hpp"

namespace encke::gateway {

class user_finder {
 public:
  /// The state outlives it.
  explicit user_finder(const api_state&);

  /// "" for a socket without a user.
  [[nodiscard]] std::string user_of(const socket_info&) const;

 private:
  const api_state& api_;
  std::string before_, after_;  // what surrounds a user in the name of the user's room
};

}  // namespace encke::gateway
