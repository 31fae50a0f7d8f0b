// SPDX-License-Identifier: MIT
// The calls of the HTTP API that move sockets or send them away: join, leave, disconnect. Each reads its whole body
// first, answers with everything that is wrong with it, and only then acts.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>

#include "gateway/api/reading.hpp"
#include "gateway/api/routes.hpp"
#include "gateway/api/selector.hpp"
#include "gateway/clients/socket_ids.hpp"
#include "gateway/settings/room_names.hpp"
#include "gateway/text/quotes.hpp"

namespace encke::gateway {

namespace {

constexpr std::size_t longest_reason = 1024;

const std::vector<std::string> join_names = with_selector({"join"});
const std::vector<std::string> leave_names = with_selector({"leave", "join"});
const std::vector<std::string> disconnect_names = with_selector({"reason", "notify", "close"});

// --- join and leave -----------------------------------------------------------------------------------------------

struct rooms_command {
  selector who;
  std::vector<std::string> rooms;
};

// Who joins the room of a user hears what only that user should.
void refuse_rooms_of_ours(const api_state& api, const object_reader& members, std::string_view name,
                          const std::vector<std::string>& rooms) {
  if (!api.with.why_not_yours) return;
  for (const auto& room : rooms)
    if (const auto why = api.with.why_not_yours(room); !why.empty())
      members.refuse(name, fmt::format("names {}, which {}", in_quotes(room), why));
}

reading<rooms_command> read_rooms_call(const api_state& api, const http_request& request,
                                       const std::vector<std::string>& names, std::string_view member) {
  return read_call<rooms_command>(request, names, [&](rooms_command& command, const object_reader& members) {
    command.who = read_selector(api.io, api.with.user_room, members);
    // One body may serve both calls: `leave` takes the list of rooms from `join` too.
    const std::string_view name = !members.find(member) && members.find("join") ? "join" : member;
    require(members, name);
    command.rooms = members.list(name, object_reader::names::texts_and_numbers);
    if (const auto given = members.find(name); given && given->is(json_kind::list) && given->empty())
      members.refuse(name, "names no room");
    refuse_rooms_of_ours(api, members, name, command.rooms);
    if (name != "join" && members.find("join")) members.refuse("join", "says the same as `leave`: give one of them");
  });
}

// Rooms are joined and left one after another: true if that would change whom the later ones are for.
bool changes_selection(const rooms_command& command) {
  const auto is_in = [](const std::vector<std::string>& list) {
    return [&list](const std::string& room) { return std::ranges::find(list, room) != list.end(); };
  };
  return command.rooms.size() > 1 && (std::ranges::any_of(command.rooms, is_in(command.who.rooms)) ||
                                      std::ranges::any_of(command.rooms, is_in(command.who.except)));
}

task<http_response> move_each(target who, std::vector<std::string> rooms, bool in) {
  auto fetching = who.fetch();
  const auto found = co_await std::move(fetching);
  for (const auto& one : found)
    for (const auto& room : rooms) in ? one.handle.join(room) : one.handle.leave(room);
  co_return done();
}

task<http_response> move(const api_ptr& api, rooms_command command, bool in) {
  const auto to = target_of(api->io, command.who);
  if (changes_selection(command)) return move_each(to, std::move(command.rooms), in);
  for (const auto& room : command.rooms) in ? to.join(room) : to.leave(room);
  return answer_soon(done());
}

// A room named as a socket hears what is sent to that socket. Names of that form are common, so the socket is looked
// for.
task<http_response> join_if_no_socket(api_ptr api, rooms_command command) {
  for (const auto& room : command.rooms) {
    if (!has_form_of_socket_id(room)) continue;
    auto finding = api->io.of(command.who.nsp).find(room);
    const auto found = co_await std::move(finding);
    if (!found) continue;
    fault_list faults;
    faults.add("/join", fmt::format("`join` names {}, which is the id of a socket", in_quotes(room)));
    co_return answer_of(std::move(faults).to_problem());
  }
  auto moving = move(api, std::move(command), true);
  co_return co_await std::move(moving);
}

// --- disconnect ---------------------------------------------------------------------------------------------------

struct disconnect_command {
  selector who;
  std::string reason;
  std::string written_reason = R"("")";  // as JSON
  std::string notify;
  bool close = true;
};

// For the log: as many as fit on a line.
std::string ids_of(const std::vector<socket_info>& found) {
  constexpr std::size_t most = 20;
  std::string list;
  for (std::size_t i = 0; i < std::min(found.size(), most); ++i) list += (i == 0 ? "" : " ") + shown_id(found[i].id);
  return found.size() > most ? list + " ..." : list;
}

task<http_response> send_away(api_ptr api, disconnect_command command, std::string key) {
  const auto to = target_of(api->io, command.who);
  auto fetching = to.fetch();
  const auto found = co_await std::move(fetching);
  // Both go to every worker in this order, so a client has the event before it is sent away.
  if (!command.notify.empty()) {
    arguments told;
    told.add_raw(R"({"reason":)" + command.written_reason + '}');
    to.emit(command.notify, told);
  }
  to.disconnect(command.close);
  const auto count = std::to_string(found.size());
  const auto ids = ids_of(found);
  api->log(
      log_level::info, "disconnected by the backend",
      {{"reason", command.reason}, {"key", key}, {"namespace", command.who.nsp}, {"connections", count}, {"ids", ids}});
  co_return json_answer(fmt::format(R"({{"ok":true,"disconnected":{}}})", count));
}

}  // namespace

task<http_response> join_call(api_ptr api, const http_request& request) {
  auto [command, refusal] = read_rooms_call(*api, request, join_names, "join");
  if (refusal) return answer_soon(answer_of(*refusal));
  if (std::ranges::any_of(command.rooms, has_form_of_socket_id))
    return join_if_no_socket(std::move(api), std::move(command));
  return move(api, std::move(command), true);
}

task<http_response> leave_call(api_ptr api, const http_request& request) {
  auto [command, refusal] = read_rooms_call(*api, request, leave_names, "leave");
  if (refusal) return answer_soon(answer_of(*refusal));
  return move(api, std::move(command), false);
}

task<http_response> disconnect_call(api_ptr api, const http_request& request) {
  auto [command, refusal] = read_call<disconnect_command>(
      request, disconnect_names, [&](disconnect_command& into, const object_reader& members) {
        into.who = read_selector(api->io, api->with.user_room, members);
        into.reason = members.text("reason", longest_reason);
        if (const auto given = members.find("reason")) into.written_reason = given->text();
        into.notify = read_event(members, "notify");
        into.close = members.flag("close", true);
      });
  if (refusal) return answer_soon(answer_of(*refusal));
  auto key = api->with.keys->name_of(request);
  return send_away(std::move(api), std::move(command), std::move(key));
}

const std::vector<api_names>& names_in_bodies() {
  static const std::vector<api_names> all{{"/v1/emit", emit_names()},
                                          {"/v1/emit-with-ack", ask_names()},
                                          {"/v1/join", join_names},
                                          {"/v1/leave", leave_names},
                                          {"/v1/disconnect", disconnect_names}};
  return all;
}

}  // namespace encke::gateway
