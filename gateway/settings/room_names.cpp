// SPDX-License-Identifier: MIT
#include "gateway/settings/room_names.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gateway/text/quotes.hpp"

namespace encke::gateway {
namespace {

constexpr std::string_view placeholder = "{id}";
constexpr std::size_t id_size = 20;

bool is_of_ids(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

struct surroundings {
  std::string_view before, after;
};

surroundings around_id(std::string_view room_template) {
  const auto at = room_template.find(placeholder);
  return {room_template.substr(0, at), room_template.substr(at + placeholder.size())};
}

// The id of a socket of an old client: "/chat#" and the id of its session.
bool may_be_in(std::string_view nsp, const surroundings& room) {
  const auto start = std::string{nsp} + '#';
  const auto& before = room.before;
  const bool begins_so = before.size() < start.size()
                             ? start.starts_with(before)
                             : before.starts_with(start) && is_of_ids(before.substr(start.size()));
  return begins_so && is_of_ids(room.after);
}

}  // namespace

std::string user_room(std::string_view room_template, std::string_view user) {
  std::string room{room_template};
  room.replace(room.find(placeholder), placeholder.size(), user);
  return room;
}

bool is_user_room(std::string_view room_template, std::string_view room) {
  const auto [before, after] = around_id(room_template);
  return room.size() > before.size() + after.size() && room.starts_with(before) && room.ends_with(after);
}

bool has_form_of_socket_id(std::string_view room) {
  if (room.size() < id_size || !is_of_ids(room.substr(room.size() - id_size))) return false;
  const auto nsp = room.substr(0, room.size() - id_size);
  return nsp.empty() || (nsp.starts_with('/') && nsp.ends_with('#'));
}

std::string why_not_yours(const room_settings& rooms, std::string_view room) {
  if (room == rooms.house) return "is the room that everybody is in";
  if (is_user_room(rooms.user, room)) return "is the room of a user, whom the token names";
  return {};
}

std::vector<std::string> collisions_of(const room_settings& rooms, std::span<const std::string> namespaces) {
  std::vector<std::string> found;
  const auto parts = around_id(rooms.user);
  const bool is_plain = is_of_ids(parts.before) && is_of_ids(parts.after);
  if (is_plain)
    found.push_back(
        fmt::format("a room made of {} can have the name of a socket, as a user's id may be anything: put "
                    "a character before or behind {{id}} that no id has, as in \"user:{{id}}\"",
                    in_quotes(rooms.user)));
  for (const auto& nsp : namespaces)
    if (nsp != "/" && !is_plain && may_be_in(nsp, parts))
      found.push_back(fmt::format("a room made of {} can have the name of a socket in the namespace {}",
                                  in_quotes(rooms.user), in_quotes(nsp)));
  if (is_user_room(rooms.user, rooms.house))
    found.push_back(
        fmt::format("`rooms.house` is {}, the room of the user {}", in_quotes(rooms.house),
                    in_quotes(std::string_view{rooms.house}.substr(
                        parts.before.size(), rooms.house.size() - parts.before.size() - parts.after.size()))));
  return found;
}

}  // namespace encke::gateway
