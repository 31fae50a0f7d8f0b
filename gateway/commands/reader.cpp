// SPDX-License-Identifier: MIT
#include "gateway/commands/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <encke/event_names.hpp>

#include "gateway/commands/event_args.hpp"
#include "gateway/text/json_string.hpp"
#include "gateway/text/quotes.hpp"

namespace encke::gateway {

namespace {

constexpr std::size_t longest_event = 1024;
constexpr std::size_t longest_reason = 1024;
constexpr std::chrono::milliseconds default_ack_timeout{5000};

// These names and those of a selector.
std::vector<std::string> with_selector(std::vector<std::string> names) {
  names.insert(names.begin(), selector_members.begin(), selector_members.end());
  return names;
}

// The name of an event that clients do not reserve.
std::string read_event(const object_reader& members, std::string_view name) {
  auto event = members.text(name, longest_event);
  if (event.empty()) return event;
  if (is_reserved_event(event)) members.refuse(name, "is a name that clients reserve for themselves");
  if (has_lone_surrogate(members.find(name)->text()))
    members.refuse(name, "has half of a surrogate pair, which no name can");
  return event;
}

void require(const object_reader& members, std::string_view name) {
  if (!members.find(name)) members.refuse(name, "is missing");
}

}  // namespace

template <class Command, class Read>
reading<Command> command_reader::read(std::string_view text, const std::vector<std::string>& names, const Read& rest) {
  reading<Command> result;
  fault_list faults;
  const auto object = read_object(text, called_, document_, faults, result.refused);
  if (!object) return result;
  const object_reader members{*object, "", faults};
  members.allow_only(names);
  result.command.who = read_selector(scope_.io, scope_.user_room, members);
  rest(result.command, members);
  if (!faults.empty()) result.refused = std::move(faults).to_refusal();
  return result;
}

template <class Command>
void command_reader::read_event_of(Command& into, const object_reader& members) const {
  require(members, "event");
  into.event = read_event(members, "event");
  into.args = read_arguments(members, scope_.most_binary);
}

reading<emit_command> command_reader::emit(std::string_view text) {
  return read<emit_command>(text, emit_names(), [this](emit_command& into, const object_reader& members) {
    read_event_of(into, members);
    into.lossy = members.flag("lossy", false);
  });
}

reading<ask_command> command_reader::ask(std::string_view text) {
  return read<ask_command>(text, ask_names(), [this](ask_command& into, const object_reader& members) {
    read_event_of(into, members);
    const auto most = scope_.ack_timeout_max;
    into.timeout = std::chrono::milliseconds{
        members.number("timeout_ms", 1, most.count(), std::min(default_ack_timeout, most).count())};
  });
}

// One text may serve both commands: `leave` takes the list of rooms from `join` too.
void command_reader::read_move(move_command& into, const object_reader& members, std::string_view member) const {
  const std::string_view name = !members.find(member) && members.find("join") ? "join" : member;
  require(members, name);
  into.rooms = members.list(name, object_reader::names::texts_and_numbers);
  if (const auto given = members.find(name); given && given->is(json_kind::list) && given->empty())
    members.refuse(name, "names no room");
  // Who joins the room of a user hears what only that user should.
  for (const auto& room : into.rooms)
    if (const auto why = scope_.why_not_yours ? scope_.why_not_yours(room) : std::string{}; !why.empty())
      members.refuse(name, fmt::format("names {}, which {}", in_quotes(room), why));
  if (name != "join" && members.find("join")) members.refuse("join", "says the same as `leave`: give one of them");
}

reading<move_command> command_reader::join(std::string_view text) {
  return read<move_command>(text, join_names(), [this](move_command& into, const object_reader& members) {
    into.in = true;
    read_move(into, members, "join");
  });
}

reading<move_command> command_reader::leave(std::string_view text) {
  return read<move_command>(text, leave_names(), [this](move_command& into, const object_reader& members) {
    into.in = false;
    read_move(into, members, "leave");
  });
}

reading<disconnect_command> command_reader::disconnect(std::string_view text) {
  return read<disconnect_command>(text, disconnect_names(), [](disconnect_command& into, const object_reader& members) {
    into.reason = members.text("reason", longest_reason);
    if (const auto given = members.find("reason")) into.written_reason = given->text();
    into.notify = read_event(members, "notify");
    into.close = members.flag("close", true);
  });
}

const std::vector<std::string>& command_reader::emit_names() {
  static const auto names = with_selector({"event", "args", "lossy"});
  return names;
}
const std::vector<std::string>& command_reader::ask_names() {
  static const auto names = with_selector({"event", "args", "timeout_ms"});
  return names;
}
const std::vector<std::string>& command_reader::join_names() {
  static const auto names = with_selector({"join"});
  return names;
}
const std::vector<std::string>& command_reader::leave_names() {
  static const auto names = with_selector({"leave", "join"});
  return names;
}
const std::vector<std::string>& command_reader::disconnect_names() {
  static const auto names = with_selector({"reason", "notify", "close"});
  return names;
}

}  // namespace encke::gateway
