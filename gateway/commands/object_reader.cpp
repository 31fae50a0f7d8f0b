// SPDX-License-Identifier: MIT
#include "gateway/commands/object_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "gateway/commands/words.hpp"
#include "gateway/text/json_string.hpp"
#include "gateway/text/unicode.hpp"

namespace encke::gateway {

namespace {

constexpr std::size_t deepest = 100;    // levels of lists and objects in a body
constexpr std::size_t kept_levels = 3;  // of values: down to the elements of `except.users`

// A number that is written as an id would be: digits, without a fraction or an exponent.
bool is_id(std::string_view number) {
  if (number.starts_with('-')) number.remove_prefix(number == "-0" ? 0 : 1);
  return number.find_first_not_of("0123456789") == std::string_view::npos;
}

// An element of a list of names; nothing, and what is wrong with the list, if it is none.
std::optional<std::string> name_in(json_value one, object_reader::names wanted, std::string& why) {
  const auto written = one.text();
  if (one.is(json_kind::number) && wanted == object_reader::names::texts_and_numbers) {
    if (is_id(written)) return std::string{written};
    why = fmt::format("has the number {}: an id is a whole number in digits only, or a text", written.substr(0, 40));
    return std::nullopt;
  }
  why = "must be a list of texts that are not empty";
  if (!one.is(json_kind::text) || written.size() == 2) return std::nullopt;
  why = "has half of a surrogate pair, which no name can";
  return has_lone_surrogate(written) ? std::nullopt : std::optional{one.string()};
}

// For people.
std::string in_words(const json_position& at) {
  return fmt::format("line {}, column {}", at.line, at.column);
}

refusal not_json(std::string_view name, const json_document& read, const json_error& why) {
  const auto at = read.position_of(why.at);
  return {.code = "invalid_json",
          .detail = fmt::format("the {} is not JSON: {} ({})", name, why.detail, in_words(at)),
          .position = std::pair{at.line, at.column}};
}

}  // namespace

std::string object_reader::pointer_to(std::string_view name) const {
  return (path_.empty() ? "" : pointer_token(path_)) + pointer_token(name);
}

void object_reader::allow_only(std::span<const std::string> known) const {
  for (const auto member : from_) {
    if (faults_.full()) return;
    const auto name = unescaped(member.key(), lone_surrogates::replaced);
    if (std::ranges::find(known, name) != known.end()) continue;
    faults_.add(pointer_to(name), fmt::format("unknown member {}{}", in_message(name), hint_for(name, known)));
  }
}

void object_reader::refuse(std::string_view name, std::string_view detail) const {
  faults_.add(pointer_to(name), fmt::format("`{}{}{}` {}", path_, path_.empty() ? "" : ".", name, detail));
}

std::string object_reader::text(std::string_view name, std::size_t longest) const {
  const auto value = find(name);
  if (!value) return {};
  auto text = value->is(json_kind::text) ? value->string() : std::string{};
  if (text.empty())
    refuse(name, "must be a text that is not empty");
  else if (characters_in(text) > longest)
    refuse(name, fmt::format("is longer than {} characters", longest));
  else
    return text;
  return {};
}

bool object_reader::flag(std::string_view name, bool otherwise) const {
  const auto value = find(name);
  if (!value) return otherwise;
  if (value->is(json_kind::boolean)) return value->text() == "true";
  refuse(name, "must be true or false");
  return otherwise;
}

std::vector<std::string> object_reader::list(std::string_view name, names wanted) const {
  std::vector<std::string> list;
  const auto value = find(name);
  if (!value) return list;
  std::string why = "must be a list of texts that are not empty";
  if (!value->is(json_kind::list)) return refuse(name, why), list;
  for (const auto one : *value) {
    auto text = name_in(one, wanted, why);
    if (!text) return refuse(name, why), std::vector<std::string>{};
    list.push_back(std::move(*text));
  }
  return list;
}

std::int64_t object_reader::number(std::string_view name, std::int64_t least, std::int64_t most,
                                   std::int64_t otherwise) const {
  const auto value = find(name);
  if (!value) return otherwise;
  double given = 0;
  if (value->is(json_kind::number)) {
    const auto text = value->text();
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), given);
    const bool is_whole = failed == std::errc{} && given == std::floor(given);
    if (is_whole && given >= static_cast<double>(least) && given <= static_cast<double>(most))
      return static_cast<std::int64_t>(given);
  }
  refuse(name, fmt::format("must be a whole number from {} to {}", least, most));
  return otherwise;
}

std::optional<json_value> read_object(std::string_view text, std::string_view called, json_document& into,
                                      fault_list& faults, std::optional<refusal>& why) {
  if (const auto failed = into.read(text, kept_levels, deepest)) {
    why = not_json(called, into, *failed);
    return std::nullopt;
  }
  if (!into.root().is(json_kind::object)) {
    faults.add("", fmt::format("the {} must be a JSON object", called));
    why = std::move(faults).to_refusal();
    return std::nullopt;
  }
  for (const auto& one : into.duplicates())
    faults.add(one.pointer, fmt::format("{} is there twice ({})", one.name, in_words(into.position_of(one.at))));
  return into.root();
}

}  // namespace encke::gateway
