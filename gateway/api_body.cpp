// SPDX-License-Identifier: MIT
#include "gateway/api_body.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <charconv>
#include <set>

#include "gateway/config_units.hpp"

namespace encke::gateway {

namespace {

constexpr std::size_t deepest = 100;  // levels of arrays and objects in a body

// RFC 6901 3
std::string pointer_token(std::string_view name) {
  std::string token = "/";
  for (const char c : name.substr(0, 200)) {
    if (c == '~')
      token += "~0";
    else if (c == '/')
      token += "~1";
    else
      token += c;
  }
  return token;
}

// A name that somebody made up, for a message: short, and valid UTF-8 wherever it is cut.
std::string shown(std::string_view name) {
  std::string out{name.substr(0, 41)};
  for (char& c : out)
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  return in_quotes(out);
}

std::string hint_for(std::string_view name, std::span<const std::string> known) {
  return name.size() > 40 ? std::string{} : did_you_mean(name, known);
}

}  // namespace

void fault_list::add(std::string pointer, std::string detail) {
  if (!full()) all_.push_back({std::move(pointer), std::move(detail)});
}

// --- objects ------------------------------------------------------------------------------------------------------

void object_reader::allow_only(std::span<const std::string> known) const {
  for (const auto& [key, value] : from_) {
    const std::string_view name{key};
    if (faults_.full()) return;
    if (std::ranges::find(known, name) != known.end()) continue;
    faults_.add((path_.empty() ? "" : pointer_token(path_)) + pointer_token(name),
                fmt::format("unknown member {}{}", shown(name), hint_for(name, known)));
  }
}

const boost::json::value* object_reader::find(std::string_view name) const {
  return from_.if_contains({name.data(), name.size()});
}

void object_reader::refuse(std::string_view name, std::string_view detail) const {
  faults_.add((path_.empty() ? "" : pointer_token(path_)) + pointer_token(name),
              fmt::format("`{}{}{}` {}", path_, path_.empty() ? "" : ".", name, detail));
}

std::string object_reader::text(std::string_view name, std::size_t longest) const {
  const auto* value = find(name);
  if (!value) return {};
  if (!value->is_string() || value->get_string().empty()) {
    refuse(name, "must be a text that is not empty");
    return {};
  }
  if (value->get_string().size() > longest) {
    refuse(name, fmt::format("is longer than {} bytes", longest));
    return {};
  }
  return std::string{value->get_string()};
}

bool object_reader::flag(std::string_view name, bool otherwise) const {
  const auto* value = find(name);
  if (!value) return otherwise;
  if (value->is_bool()) return value->get_bool();
  refuse(name, "must be true or false");
  return otherwise;
}

std::vector<std::string> object_reader::texts(std::string_view name) const {
  std::vector<std::string> list;
  const auto* value = find(name);
  if (!value) return list;
  const auto is_text = [](const boost::json::value& one) { return one.is_string() && !one.get_string().empty(); };
  if (!value->is_array() || !std::ranges::all_of(value->get_array(), is_text)) {
    refuse(name, "must be a list of texts that are not empty");
    return list;
  }
  list.reserve(value->get_array().size());
  for (const auto& one : value->get_array()) list.emplace_back(one.get_string());
  return list;
}

std::int64_t object_reader::number(std::string_view name, std::int64_t least, std::int64_t most,
                                   std::int64_t otherwise) const {
  const auto* value = find(name);
  if (!value) return otherwise;
  const auto given = value->is_number() ? boost::json::try_value_to<std::int64_t>(*value)
                                        : boost::json::result<std::int64_t>{boost::json::error::not_number};
  if (given && *given >= least && *given <= most) return *given;
  refuse(name, fmt::format("must be a whole number from {} to {}", least, most));
  return otherwise;
}

// --- bodies -------------------------------------------------------------------------------------------------------

std::string_view call_body::text_of(std::string_view name) const {
  const auto found = std::ranges::find(texts, name, &member_text::name);
  return found == texts.end() ? std::string_view{} : found->value;
}

bool is_type(std::string_view content_type, std::string_view wanted) {
  content_type = content_type.substr(0, content_type.find(';'));
  while (content_type.ends_with(' ')) content_type.remove_suffix(1);
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  return std::ranges::equal(content_type, wanted, same);
}

std::optional<call_body> read_body(const http_request& request, body_memory& memory, fault_list& faults,
                                   std::optional<problem>& refusal) {
  // Asking for this type keeps web pages out: a browser asks first before it sends it to another origin.
  if (is_type(request.header("content-type"), "application/json"))
    return read_object(request.body, "body", memory, faults, refusal);
  refusal = problem{.status = 415,
                    .code = "unsupported_media_type",
                    .detail = "the body must be JSON: Content-Type: application/json"};
  return std::nullopt;
}

std::optional<call_body> read_object(std::string_view text, std::string_view name, body_memory& memory,
                                     fault_list& faults, std::optional<problem>& refusal) {
  boost::json::parse_options options;
  options.max_depth = deepest;
  boost::system::error_code failed;
  auto value = boost::json::parse({text.data(), text.size()}, failed, memory.storage(), options);
  if (failed) {
    refusal = problem{
        .status = 400, .code = "invalid_json", .detail = fmt::format("the {} is not JSON: {}", name, failed.message())};
    return std::nullopt;
  }
  if (!value.is_object()) {
    faults.add("", fmt::format("the {} must be a JSON object", name));
    refusal = std::move(faults).to_problem();
    return std::nullopt;
  }
  call_body body{std::move(value.get_object()), members_of(text)};
  // Of a name that is there twice the tree has one: most bodies need no search.
  if (body.texts.size() != body.members.size()) {
    std::set<std::string_view> seen;
    for (const auto& one : body.texts)
      if (!seen.insert(one.name).second)
        faults.add(pointer_token(one.name), fmt::format("{} is there twice", shown(one.name)));
  }
  return body;
}

// --- queries ------------------------------------------------------------------------------------------------------

std::size_t number_in_query(const http_request& request, std::string_view name, std::size_t least, std::size_t most,
                            std::size_t otherwise, fault_list& faults) {
  const auto given = request.query_value(name);
  if (!given) return otherwise;
  std::size_t number = 0;
  const auto [end, failed] = std::from_chars(given->data(), given->data() + given->size(), number);
  const bool is_number = failed == std::errc{} && end == given->data() + given->size();
  if (is_number && number >= least && number <= most) return number;
  faults.add(fmt::format("?{}", name), fmt::format("`{}` must be a whole number from {} to {}", name, least, most));
  return otherwise;
}

void allow_only_query(const http_request& request, std::span<const std::string> known, fault_list& faults) {
  for (const auto& [name, value] : request.query)
    if (std::ranges::find(known, name) == known.end())
      faults.add("?", fmt::format("unknown parameter {}{}", shown(name), hint_for(name, known)));
}

}  // namespace encke::gateway
