// SPDX-License-Identifier: MIT
// Names of rooms: those of users and the house are made by the gateway, others by the backend. All share one space,
// with the ids of sockets, so this says which name is whose. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/settings/config.hpp"

namespace encke::gateway {

/// The room of a user by the template, in which {id} stands for the user.
[[nodiscard]] std::string user_room(std::string_view room_template, std::string_view user);
/// True if the template makes this name of some user's id.
[[nodiscard]] bool is_user_room(std::string_view room_template, std::string_view room);
/// True if the name is one that ids of sockets have: 20 characters of [A-Za-z0-9_-], or for old clients in another
/// namespace than "/" the same behind "/name#".
[[nodiscard]] bool has_form_of_socket_id(std::string_view room);

/// Why nobody may join or leave this room by a call, as the end of a sentence that begins with its name; "" if it is
/// the backend's.
[[nodiscard]] std::string why_not_yours(const room_settings&, std::string_view room);

/// Why the room of a user could be something else, whatever the user's id: a sentence for each thing. The template has
/// {id} once.
[[nodiscard]] std::vector<std::string> collisions_of(const room_settings&, std::span<const std::string> namespaces);

}  // namespace encke::gateway
