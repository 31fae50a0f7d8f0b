// SPDX-License-Identifier: MIT
// Reads commands out of JSON text: all of it, with everything that is wrong, before anything is done.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/commands/command.hpp"
#include "gateway/commands/object_reader.hpp"

namespace encke::gateway {

/// What somebody wants, or why it cannot be had.
template <class Command>
struct reading {
  Command command{};
  std::optional<refusal> refused{};
};

/// One for any number of commands: what it needs to read one it uses again for the next.
class command_reader {
 public:
  /// The scope outlives the reader. `called` is what refusals call a text: "body", "line".
  command_reader(const command_scope& scope, std::string_view called) : scope_{scope}, called_{called} {}

  [[nodiscard]] reading<emit_command> emit(std::string_view text);
  [[nodiscard]] reading<ask_command> ask(std::string_view text);
  [[nodiscard]] reading<move_command> join(std::string_view text);
  [[nodiscard]] reading<move_command> leave(std::string_view text);
  [[nodiscard]] reading<disconnect_command> disconnect(std::string_view text);

  // The members that each of them knows.
  [[nodiscard]] static const std::vector<std::string>& emit_names();
  [[nodiscard]] static const std::vector<std::string>& ask_names();
  [[nodiscard]] static const std::vector<std::string>& join_names();
  [[nodiscard]] static const std::vector<std::string>& leave_names();
  [[nodiscard]] static const std::vector<std::string>& disconnect_names();

 private:
  template <class Command, class Read>
  reading<Command> read(std::string_view text, const std::vector<std::string>& names, const Read& rest);
  template <class Command>
  void read_event_of(Command&, const object_reader&) const;
  void read_move(move_command&, const object_reader&, std::string_view member) const;

  const command_scope& scope_;
  std::string_view called_;
  json_document document_;
};

}  // namespace encke::gateway
