// SPDX-License-Identifier: MIT
// toml++ nodes to raw values.
#include "gateway/settings/toml.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>

namespace encke::gateway {
namespace {

raw_value from_toml(const toml::node& node) {
  raw_value raw;
  if (const auto* text = node.as_string()) {
    raw.text = text->get();
  } else if (const auto* number = node.as_integer()) {
    raw.type = raw_value::kind::integer;
    raw.text = std::to_string(number->get());
  } else if (const auto* truth = node.as_boolean()) {
    raw.type = raw_value::kind::boolean;
    raw.text = truth->get() ? "true" : "false";
  } else if (const auto* array = node.as_array()) {
    raw.type = raw_value::kind::list;
    for (const auto& item : *array) raw.items.push_back(from_toml(item));
  } else if (const auto* table = node.as_table()) {
    raw.type = raw_value::kind::table;
    for (const auto& [key, value] : *table) raw.entries.emplace_back(std::string{key.str()}, from_toml(value));
  } else {
    raw.type = raw_value::kind::other;
  }
  return raw;
}

// toml++ quotes what it stumbled over ("expected 'true', saw 'trust-me'"): that may be a piece of a secret.
std::string without_values(std::string_view description) {
  const auto end = std::min({description.find(", saw"), description.find("; saw"), description.find(" saw "),
                             description.find(" '\\"), description.find('\n'), description.size()});
  return std::string{description.substr(0, end)};
}

}  // namespace

toml_document read_toml(std::string_view text) {
  toml_document document;
  try {
    const auto root = toml::parse(text);
    for (const auto& [key, node] : root) {
      auto& entry = document.entries.emplace_back(std::string{key.str()}, key.source().begin.line, from_toml(node));
      if (const auto* table = node.as_table())
        for (const auto& [name, value] : *table)
          entry.inside.emplace_back(std::string{name.str()}, name.source().begin.line, from_toml(value));
    }
  } catch (const toml::parse_error& error) {
    document.entries.clear();
    document.error_line = std::max<std::size_t>(error.source().begin.line, 1);
    document.error = without_values(error.description());
  }
  return document;
}

std::optional<std::vector<raw_value>> read_toml_array(std::string_view text) {
  const auto document = read_toml(fmt::format("list = {}", text));
  if (document.error_line != 0 || document.entries.size() != 1) return std::nullopt;
  const auto& value = document.entries.front().value;
  return value.type == raw_value::kind::list ? std::optional{value.items} : std::nullopt;
}

}  // namespace encke::gateway
