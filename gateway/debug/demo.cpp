// SPDX-License-Identifier: MIT
#include "gateway/debug/demo.hpp"

#include <boost/json.hpp>

#include "gateway/api/access.hpp"
#include "gateway/clients/welcome.hpp"

namespace encke::gateway {

namespace {

constexpr std::size_t most_users = 200;

http_response json_response(unsigned status, const boost::json::value& body) {
  return {.status = status, .body = boost::json::serialize(body), .content_type = "application/json"};
}

http_response fault_response(unsigned status, std::string_view code, std::string_view message) {
  return json_response(status, {{"code", code}, {"message", message}});
}

http_response push(server& io, const room_settings& rooms, const presence& present, const http_request& request) {
  boost::system::error_code failed;
  const auto body = boost::json::parse(request.body, failed);
  const auto* object = failed ? nullptr : body.if_object();
  const auto* event = object ? object->if_contains("event") : nullptr;
  if (!event || !event->is_string()) return fault_response(400, "bad_request", "expected {user, event, data}");
  const auto* user = object->if_contains("user");
  const auto* data = object->if_contains("data");
  const bool is_for_one = user && user->is_string();
  const auto room = is_for_one ? user_room(rooms.user, user->get_string()) : rooms.house;
  try {
    io.to(room).emit(event->get_string(), data ? *data : json{});
  } catch (const std::invalid_argument& reserved) {
    return fault_response(400, "bad_request", reserved.what());
  }
  const auto sockets = is_for_one ? present.connections_of(user->get_string()) : present.connections();
  return json_response(200, {{"ok", true}, {"sockets", sockets}});
}

}  // namespace

void add_demo(server& io, const door& guard, const presence& present, const room_settings& rooms,
              const std::string& api) {
  const auto is_known = [&guard](const http_request& request) {
    return guard.user_of_token(bearer_of(request.header("Authorization"))).has_value();
  };
  const auto unknown = fault_response(401, "missing_token", "a valid user token is needed");
  io.route("GET", "/demo/users", [is_known, unknown, &present, &api](const http_request& request) {
    if (!is_known(request)) return unknown;
    boost::json::array users;
    const auto page = present.list(most_users);
    for (const auto& [user, connections] : page->users) users.push_back({{"user", user}, {"sockets", connections}});
    return json_response(200, {{"users", std::move(users)}, {"api", api}});
  });
  io.route("POST", "/demo/push", [is_known, unknown, rooms, &io, &present](const http_request& request) {
    return is_known(request) ? push(io, rooms, present, request) : unknown;
  });
}

}  // namespace encke::gateway
