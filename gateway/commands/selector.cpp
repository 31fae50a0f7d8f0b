// SPDX-License-Identifier: MIT
#include "gateway/commands/selector.hpp"

#include <algorithm>
#include <utility>

#include "gateway/clients/socket_ids.hpp"
#include "gateway/text/nearest.hpp"

namespace encke::gateway {

namespace {

const std::vector<std::string> except_members{"users", "rooms", "sockets"};

void append(std::vector<std::string>& to, std::vector<std::string> more) {
  to.insert(to.end(), std::move_iterator{more.begin()}, std::move_iterator{more.end()});
}

std::vector<std::string> read_rooms(const room_of_user& room_of, std::string_view nsp, const object_reader& from) {
  using names = object_reader::names;
  std::vector<std::string> rooms;
  for (const auto& user : from.list("users", names::texts_and_numbers)) rooms.push_back(room_of(user));
  append(rooms, from.list("rooms", names::texts_and_numbers));
  for (const auto& shown : from.list("sockets", names::texts))
    rooms.push_back(id_of_shown(shown, nsp));  // an id is a room
  return rooms;
}

bool names_anybody(const object_reader& from) {
  return std::ranges::any_of(except_members, [&](const std::string& name) {
    const auto value = from.find(name);
    return value && !(value->is(json_kind::list) && value->empty());
  });
}

}  // namespace

std::string known_namespace(const server& io, std::string_view given, std::string pointer, fault_list& faults) {
  std::string name{given.starts_with('/') ? "" : "/"};
  name += given;
  if (io.has_namespace(name)) return name;
  faults.add(std::move(pointer),
             "there is no such namespace" + (name.size() > 40 ? "" : did_you_mean(name, io.namespaces())));
  return {};
}

selector read_selector(const server& io, const room_of_user& room_of, const object_reader& body) {
  selector who;
  if (const auto given = body.text("namespace", 512); !given.empty())
    who.nsp = known_namespace(io, given, "/namespace", body.faults());
  who.rooms = read_rooms(room_of, who.nsp, body);
  const bool all = body.flag("all", false);
  const bool named = names_anybody(body);
  if (all && named) body.refuse("all", "goes without `users`, `rooms` and `sockets`: say whom you mean");
  if (!all && !named) body.faults().add("", "nobody is named: give `users`, `rooms` or `sockets`, or `\"all\": true`");
  const auto except = body.find("except");
  if (!except) return who;
  if (!except->is(json_kind::object)) {
    body.refuse("except", "must be an object with `users`, `rooms` or `sockets`");
    return who;
  }
  const object_reader inner{*except, "except", body.faults()};
  inner.allow_only(except_members);
  who.except = read_rooms(room_of, who.nsp, inner);
  return who;
}

target target_of(server& io, const selector& who) {
  auto to = io.of(who.nsp).everyone();
  for (const auto& room : who.rooms) to = std::move(to).to(room);
  for (const auto& room : who.except) to = std::move(to).except(room);
  return to;
}

}  // namespace encke::gateway
