// SPDX-License-Identifier: MIT
// How the calls of the HTTP API read what they are told: all of it, with everything that is wrong, before they act.
// Used by api_emit and api_calls.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/api/body.hpp"
#include "gateway/api/selector.hpp"

namespace encke::gateway {

/// What a call wants, or why it cannot have it.
template <class Command>
struct reading {
  Command command{};
  std::optional<problem> refusal{};
};

/// Reads an object with `read(command, members)`, whose members are `names`. `body` is what `read_body` or
/// `read_object` gave with these faults and this refusal.
template <class Command, class Read>
void read_members(reading<Command>& into, const std::optional<json_value>& body, fault_list& faults,
                  const std::vector<std::string>& names, const Read& read) {
  if (!body) return;
  const object_reader members{*body, "", faults};
  members.allow_only(names);
  read(into.command, members);
  if (!faults.empty()) into.refusal = std::move(faults).to_problem();
}

/// Reads the body of a request so.
template <class Command, class Read>
reading<Command> read_call(const http_request& request, const std::vector<std::string>& names, const Read& read) {
  reading<Command> result;
  json_document document;
  fault_list faults;
  read_members(result, read_body(request, document, faults, result.refusal), faults, names, read);
  return result;
}

/// These names and those of a selector.
[[nodiscard]] std::vector<std::string> with_selector(std::vector<std::string> names);
/// The name of an event that clients do not reserve.
[[nodiscard]] std::string read_event(const object_reader&, std::string_view name);
/// Adds a fault if there is no such member.
void require(const object_reader&, std::string_view name);
/// {"ok":true}
[[nodiscard]] http_response done();

}  // namespace encke::gateway
