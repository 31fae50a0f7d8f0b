// SPDX-License-Identifier: MIT
#include "gateway/text/json_document.hpp"

#include <algorithm>
#include <limits>

#include "gateway/text/json_advice.hpp"
#include "gateway/text/json_outline.hpp"
#include "gateway/text/json_string.hpp"
#include "gateway/text/unicode.hpp"

namespace encke::gateway {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

std::optional<json_error> json_document::read(std::string_view text, std::size_t levels, std::size_t deepest) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  text_ = text;
  nodes_.clear();
  duplicates_.clear();
  if (text.size() > std::numeric_limits<std::uint32_t>::max()) return json_error{0, "it is longer than 4 GiB"};
  json_outline outline{text, levels, nodes_, duplicates_};
  const auto stop = walk_json(text, deepest, outline);
  return stop ? std::optional{json_error{stop->at, advice_on(*stop, text, deepest, outline.in_object())}}
              : std::nullopt;
}

json_value json_document::root() const {
  return {*this, 0};
}

json_position json_document::position_of(std::size_t byte) const {
  const auto before = text_.substr(0, byte);
  const auto line = before.substr(before.rfind('\n') + 1);  // npos + 1 is 0
  return {1 + static_cast<std::size_t>(std::ranges::count(before, '\n')), 1 + characters_in(line)};
}

std::string json_value::string() const {
  return unescaped(text(), lone_surrogates::replaced);
}

bool json_value::is_named(std::string_view name) const {
  const auto quoted = key();
  if (quoted.find('\\') != std::string_view::npos) return unescaped(quoted, lone_surrogates::kept) == name;
  return quoted.size() == name.size() + 2 && quoted.substr(1, name.size()) == name;
}

std::optional<json_value> json_value::only() const {
  if (empty()) return std::nullopt;
  const json_value first{*of_, number_ + 1};
  return first.node().next == node().next ? std::optional{first} : std::nullopt;
}

std::optional<json_value> json_value::find(std::string_view name) const {
  if (!is(json_kind::object)) return std::nullopt;
  for (const auto member : *this)
    if (member.is_named(name)) return member;
  return std::nullopt;
}

}  // namespace encke::gateway
