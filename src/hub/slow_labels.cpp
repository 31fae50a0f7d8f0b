// SPDX-License-Identifier: MIT
#include <hub/slow_labels.hpp>

#include <algorithm>
#include <hub/value.hpp>

namespace encke::hub {

namespace {

bool matches_one_of(std::string_view pattern, std::span<const std::string> rooms) {
  if (pattern == "*") return true;
  return std::ranges::any_of(rooms, [pattern](const std::string& room) { return matches(pattern, room); });
}

// The member at a path such as "quote.symbol" of what follows the event's name, as JSON; "" if there is none.
std::string member_at(std::string_view path, const arguments& list) {
  const auto values = list.to_json();
  const boost::json::value* found = values.size() < 2 ? nullptr : &values[1];
  while (found != nullptr) {
    const auto* object = found->if_object();
    if (object == nullptr) return {};
    const auto dot = path.find('.');
    found = object->if_contains(path.substr(0, dot));
    if (dot == path.npos) break;
    path.remove_prefix(dot + 1);
  }
  return found != nullptr ? write_json(*found) : std::string{};
}

// What no two messages about different things have in common. Zero bytes keep the parts apart.
void append_key(std::string& key, const slow_rule& rule, std::string_view nsp, std::span<const std::string> rooms,
                std::string_view event, const arguments& list) {
  const auto what = rule.key.empty() ? std::string{} : member_at(rule.key, list);
  if (!rule.key.empty() && what.empty()) return;
  key.append(nsp).append(1, '\0').append(event).append(1, '\0').append(what);
  if (rule.key.empty())
    for (const auto& room : rooms) key.append(1, '\0').append(room);
  if (key.size() > label::longest_key) key.clear();
}

}  // namespace

// The last star takes as much as it has to: when the rest does not fit, it takes one more.
bool matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = pattern.npos, taken = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p, ++t;
    } else if (star != pattern.npos) {
      p = star + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == pattern.npos;
}

label slow_labels::of(std::string_view nsp, std::span<const std::string> rooms, std::string_view event,
                      const arguments& list, std::string& key) const {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const auto& rule = rules_[i];
    if (!matches(rule.nsp, nsp) || !matches(rule.event, event) || !matches_one_of(rule.room, rooms)) continue;
    if (has_key(rule.policy)) append_key(key, rule, nsp, rooms, event, list);
    return {static_cast<std::uint8_t>(first_rule + 1 + i), key};
  }
  return {first_rule, {}};
}

label slow_labels::latest(std::string_view nsp, std::string_view wanted, std::string& key) const {
  key.append(nsp).append(1, '\0').append(wanted);
  if (key.size() > label::longest_key) key.clear();
  return {static_cast<std::uint8_t>(first_rule + 1 + rules_.size()), key};
}

}  // namespace encke::hub
