// SPDX-License-Identifier: MIT
#include "gateway/commands/perform.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "gateway/settings/room_names.hpp"
#include "gateway/text/quotes.hpp"

namespace encke::gateway {

namespace {

// --- join and leave -----------------------------------------------------------------------------------------------

task<std::optional<refusal>> is_done() {
  co_return std::nullopt;
}

// Rooms are joined and left one after another: true if that would change whom the later ones are for.
bool changes_selection(const move_command& command) {
  const auto is_in = [](const std::vector<std::string>& list) {
    return [&list](const std::string& room) { return std::ranges::find(list, room) != list.end(); };
  };
  return command.rooms.size() > 1 && (std::ranges::any_of(command.rooms, is_in(command.who.rooms)) ||
                                      std::ranges::any_of(command.rooms, is_in(command.who.except)));
}

// Each socket takes all its steps where it lives; nothing is brought back.
task<std::optional<refusal>> move_each(target who, std::vector<std::string> rooms, bool in) {
  const auto all = std::make_shared<const std::vector<std::string>>(std::move(rooms));
  const auto step = [all, in](const socket& one) {
    for (const auto& room : *all) in ? one.join(room) : one.leave(room);
    return std::optional<bool>{};
  };
  auto moving = who.collect(1, step);
  co_await std::move(moving);
  co_return std::nullopt;
}

task<std::optional<refusal>> move(server& io, move_command command) {
  const auto to = target_of(io, command.who);
  if (changes_selection(command)) return move_each(to, std::move(command.rooms), command.in);
  for (const auto& room : command.rooms) command.in ? to.join(room) : to.leave(room);
  return is_done();
}

// A room named as a socket hears what is sent to that socket. Names of that form are common, so the socket is looked
// for.
task<std::optional<refusal>> join_if_no_socket(server& io, move_command command) {
  for (const auto& room : command.rooms) {
    if (!has_form_of_socket_id(room)) continue;
    auto finding = io.of(command.who.nsp).find(room);
    const auto found = co_await std::move(finding);
    if (!found) continue;
    fault_list faults;
    faults.add("/join", fmt::format("`join` names {}, which is the id of a socket", in_quotes(room)));
    co_return std::move(faults).to_refusal();
  }
  auto moving = move(io, std::move(command));
  co_return co_await std::move(moving);
}

// Nothing of a socket without a user.
std::optional<std::pair<std::string, std::string>> name_of(const socket& one) {
  const auto& user = one.data<guest>().user;
  if (user.empty()) return std::nullopt;
  return std::pair{std::string{one.id()}, user};
}

}  // namespace

void perform(server& io, const emit_command& command, const delivered& count) {
  const auto to = target_of(io, command.who).counted(count);
  (command.lossy ? to.lossy() : to).emit(command.event, command.args);
}

// Who they are is found while they are here: whoever answers may leave right behind its answer.
task<named_answers> perform(server& io, ask_command command) {
  const auto to = target_of(io, command.who);
  auto looking = to.collect(std::numeric_limits<std::size_t>::max(), name_of);
  auto found = co_await std::move(looking);
  named_answers named;
  named.users.insert(std::move_iterator{found.begin()}, std::move_iterator{found.end()});
  auto asking = to.timeout(command.timeout).ask(command.event, command.args);
  named.all = co_await std::move(asking);
  co_return named;
}

task<std::optional<refusal>> perform(server& io, move_command command) {
  if (command.in && std::ranges::any_of(command.rooms, has_form_of_socket_id))
    return join_if_no_socket(io, std::move(command));
  return move(io, std::move(command));
}

task<sent_away> perform(server& io, disconnect_command command) {
  const auto to = target_of(io, command.who);
  sent_away all;
  auto counting = to.count();
  all.count = co_await std::move(counting);
  auto looking = to.collect(sent_away::most_told, look_at);
  all.some = co_await std::move(looking);
  // Both go to every worker in this order, so a client has the event before it is sent away.
  if (!command.notify.empty()) {
    arguments told;
    told.add_raw(R"({"reason":)" + command.written_reason + '}');
    to.emit(command.notify, told);
  }
  to.disconnect(command.close);
  co_return all;
}

}  // namespace encke::gateway
