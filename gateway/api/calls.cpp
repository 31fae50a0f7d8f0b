// SPDX-License-Identifier: MIT
// The calls of the HTTP API that move sockets or send them away: join, leave, disconnect.
#include <fmt/format.h>

#include <algorithm>

#include "gateway/api/content_type.hpp"
#include "gateway/api/routes.hpp"
#include "gateway/clients/socket_ids.hpp"
#include "gateway/commands/perform.hpp"
#include "gateway/commands/reader.hpp"

namespace encke::gateway {

namespace {

// For the log: as many as fit on a line.
std::string in_one_line(const std::vector<std::string>& names, bool are_more) {
  std::string list;
  for (const auto& one : names) list.append(list.empty() ? "" : " ").append(one);
  return are_more ? list + " ..." : list;
}

std::string ids_of(const sent_away& all) {
  std::vector<std::string> ids;
  for (const auto& one : all.some) ids.push_back(shown_id(one.info.id));
  return in_one_line(ids, all.count > all.some.size());
}

// Each once.
std::string users_of(const sent_away& all) {
  std::vector<std::string> users;
  for (const auto& one : all.some)
    if (!one.who.user.empty() && std::ranges::find(users, one.who.user) == users.end()) users.push_back(one.who.user);
  return in_one_line(users, all.count > all.some.size());
}

task<http_response> tell_done(task<std::optional<refusal>> moving) {
  auto refused = co_await std::move(moving);
  co_return refused ? refuse(std::move(*refused)) : done();
}

task<http_response> move_call(const api_state& api, const http_request& request,
                              reading<move_command> (command_reader::*read)(std::string_view)) {
  if (auto refusal = refusal_of_body(request)) return answer_soon(answer_of(std::move(*refusal)));
  const auto scope = api.scope();
  command_reader reader{scope, "body"};
  auto [command, refused] = (reader.*read)(request.body);
  if (refused) return answer_soon(refuse(std::move(*refused)));
  return tell_done(perform(api.io, std::move(command)));
}

task<http_response> send_away(api_ptr api, disconnect_command command, std::string key) {
  auto leaving = perform(api->io, command);
  const auto found = co_await std::move(leaving);
  const auto count = std::to_string(found.count);
  const auto ids = ids_of(found), users = users_of(found);
  api->log(log_level::info, "disconnected by the backend",
           {{"reason", command.reason},
            {"key", key},
            {"namespace", command.who.nsp},
            {"connections", count},
            {"ids", ids},
            {"users", users}});
  co_return json_answer(fmt::format(R"({{"ok":true,"disconnected":{}}})", count));
}

}  // namespace

task<http_response> join_call(api_ptr api, const http_request& request) {
  return move_call(*api, request, &command_reader::join);
}

task<http_response> leave_call(api_ptr api, const http_request& request) {
  return move_call(*api, request, &command_reader::leave);
}

task<http_response> disconnect_call(api_ptr api, const http_request& request) {
  if (auto refusal = refusal_of_body(request)) return answer_soon(answer_of(std::move(*refusal)));
  const auto scope = api->scope();
  auto [command, refused] = command_reader{scope, "body"}.disconnect(request.body);
  if (refused) return answer_soon(refuse(std::move(*refused)));
  auto key = api->with.keys->name_of(request);
  return send_away(std::move(api), std::move(command), std::move(key));
}

const std::vector<api_names>& names_in_bodies() {
  static const std::vector<api_names> all{{"/v1/emit", command_reader::emit_names()},
                                          {"/v1/emit-with-ack", command_reader::ask_names()},
                                          {"/v1/join", command_reader::join_names()},
                                          {"/v1/leave", command_reader::leave_names()},
                                          {"/v1/disconnect", command_reader::disconnect_names()}};
  return all;
}

}  // namespace encke::gateway
