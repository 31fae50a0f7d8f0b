// SPDX-License-Identifier: MIT
// Selector: whom something is for, read from an object: users, rooms and sockets add up, `except` takes
// away, `all` means everybody. Nobody named is a fault, never everybody by accident.
#pragma once

#include <encke/server.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/commands/object_reader.hpp"

namespace encke::gateway {

struct selector {
  std::string nsp = "/";
  std::vector<std::string> rooms;  ///< those of users, and sockets' ids; none: everybody
  std::vector<std::string> except;
};

/// The members of a body that a selector is read from.
inline const std::vector<std::string> selector_members{"users", "rooms", "sockets", "all", "except", "namespace"};

using room_of_user = std::function<std::string(std::string_view user)>;

[[nodiscard]] selector read_selector(const server&, const room_of_user&, const object_reader&);

/// A namespace of this server by the name in a request ("chat" is "/chat"); "", and a fault, if there is none.
[[nodiscard]] std::string known_namespace(const server&, std::string_view given, std::string pointer, fault_list&);

/// For a selector that was read without a fault.
[[nodiscard]] target target_of(server&, const selector&);

}  // namespace encke::gateway
