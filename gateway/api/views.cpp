// SPDX-License-Identifier: MIT
// The calls of the HTTP API that only look: health, readiness, users, one user, rooms. Lists come in pages.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <limits>

#include "gateway/api/query.hpp"
#include "gateway/api/routes.hpp"
#include "gateway/clients/socket_ids.hpp"
#include "gateway/commands/selector.hpp"
#include "gateway/text/timestamp.hpp"

namespace encke::gateway {

namespace {

constexpr std::size_t usual_limit = 100;
constexpr std::size_t highest_limit = 1000;
constexpr auto no_limit = std::numeric_limits<std::size_t>::max();

const std::vector<std::string> users_names{"limit", "cursor"};
const std::vector<std::string> user_names{"namespace"};
const std::vector<std::string> rooms_names{"limit", "after", "namespace"};

http_response answer_of(fault_list faults) {
  return refuse(std::move(faults).to_refusal());
}

// A user may have sockets in several namespaces; each is asked in turn.
task<http_response> show_user(api_ptr api, std::string user, std::vector<std::string> namespaces) {
  const auto room = api->with.user_room(user);
  boost::json::array connections;
  for (const auto& nsp : namespaces) {
    auto looking = api->io.of(nsp).in(room).collect(no_limit, look_at);
    const auto found = co_await std::move(looking);
    for (const auto& one : found) connections.push_back(to_json(one));
  }
  if (connections.empty() && api->present.connections_of(user) == 0)
    co_return gateway::answer_of({.status = 404, .code = "user_not_found", .detail = "this user is not online"});
  boost::json::object body;
  body["user"] = user;
  body["connections"] = std::move(connections);
  co_return json_answer(boost::json::serialize(body));
}

// One room more than asked for tells whether there is a next page.
task<http_response> show_rooms(api_ptr api, std::string nsp, std::string after, std::size_t limit) {
  auto fetching = api->io.of(nsp).rooms(after, limit + 1);
  const auto found = co_await std::move(fetching);
  boost::json::array rooms;
  boost::json::value next;
  for (const auto& one : found) {
    if (rooms.size() == limit) {
      next = rooms.back().at("room");
      break;
    }
    rooms.push_back(boost::json::object{{"room", one.name}, {"members", one.size}});
  }
  boost::json::object body;
  body["rooms"] = std::move(rooms);
  body["after"] = std::move(next);
  co_return json_answer(boost::json::serialize(body));
}

}  // namespace

boost::json::object to_json(const seen& one) {
  const auto& info = one.info;
  boost::json::array rooms;
  for (const auto& room : info.rooms) rooms.emplace_back(room);
  return {{"id", shown_id(info.id)},        {"user", one.who.user},
          {"namespace", info.handle.nsp()}, {"transport", to_string(info.transport)},
          {"protocol", info.protocol},      {"address", info.address},
          {"secure", info.secure},          {"connected_since", timestamp(info.issued)},
          {"rooms", std::move(rooms)}};
}

http_response health_view(const api_state&, const http_request&) {
  return json_answer(R"({"ok":true})");
}

http_response readiness_view(const api_state& api, const http_request&) {
  if (!api.with.is_ready || api.with.is_ready()) return json_answer(R"({"ok":true})");
  return answer_of({.status = 503, .code = "not_ready", .detail = "the gateway is starting or leaving"});
}

http_response list_users(const presence& present, const http_request& request) {
  fault_list faults;
  allow_only_query(request, users_names, faults);
  const auto limit = number_in_query(request, "limit", 1, highest_limit, usual_limit, faults);
  const auto page = present.list(limit, request.query_value("cursor").value_or(""));
  if (!page) faults.add("?cursor", "`cursor` must be one that an earlier page gave");
  if (!faults.empty()) return answer_of(std::move(faults));
  boost::json::array users;
  for (const auto& [user, connections] : page->users)
    users.push_back(boost::json::object{{"user", user}, {"connections", connections}});
  boost::json::object body;
  body["users"] = std::move(users);
  body["cursor"] = page->cursor.empty() ? boost::json::value{} : boost::json::value(page->cursor);
  body["online"] = present.users();
  return json_answer(boost::json::serialize(body));
}

http_response users_view(const api_state& api, const http_request& request) {
  return list_users(api.present, request);
}

task<http_response> user_view(api_ptr api, const http_request& request) {
  fault_list faults;
  allow_only_query(request, user_names, faults);
  auto namespaces = api->io.namespaces();
  if (const auto asked = request.query_value("namespace"))
    namespaces = {known_namespace(api->io, *asked, "?namespace", faults)};
  if (!faults.empty()) return answer_soon(answer_of(std::move(faults)));
  return show_user(std::move(api), std::string{request.param("id")}, std::move(namespaces));
}

task<http_response> rooms_view(api_ptr api, const http_request& request) {
  fault_list faults;
  allow_only_query(request, rooms_names, faults);
  const auto limit = number_in_query(request, "limit", 1, highest_limit, usual_limit, faults);
  auto nsp = known_namespace(api->io, request.query_value("namespace").value_or("/"), "?namespace", faults);
  if (!faults.empty()) return answer_soon(answer_of(std::move(faults)));
  return show_rooms(std::move(api), std::move(nsp), std::string{request.query_value("after").value_or("")}, limit);
}

const std::vector<api_names>& names_in_queries() {
  static const std::vector<api_names> all{
      {"/v1/users", users_names}, {"/v1/users/{id}", user_names}, {"/v1/rooms", rooms_names}};
  return all;
}

}  // namespace encke::gateway
