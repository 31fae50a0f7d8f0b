// SPDX-License-Identifier: MIT
#include "gateway/api/reading.hpp"

#include <encke/event_names.hpp>

#include "gateway/api/routes.hpp"
#include "gateway/text/json_string.hpp"

namespace encke::gateway {

namespace {

constexpr std::size_t longest_event = 1024;

}  // namespace

std::vector<std::string> with_selector(std::vector<std::string> names) {
  names.insert(names.begin(), selector_members.begin(), selector_members.end());
  return names;
}

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

http_response done() {
  return json_answer(R"({"ok":true})");
}

}  // namespace encke::gateway
