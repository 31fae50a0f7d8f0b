// SPDX-License-Identifier: MIT
#include "gateway/api_args.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include "gateway/api_base64.hpp"
#include "gateway/api_text.hpp"

namespace encke::gateway {

namespace {

constexpr std::string_view binary_key = "$binary";
constexpr std::string_view placeholder_key = "_placeholder";

boost::json::string_view key_view(std::string_view key) {
  return {key.data(), key.size()};
}

// The base64 text of {"$binary": "..."}, or nullptr.
const boost::json::string* binary_in(const json& value) {
  const auto* object = value.if_object();
  if (!object || object->size() != 1) return nullptr;
  const auto* inside = object->if_contains(key_view(binary_key));
  return inside ? inside->if_string() : nullptr;
}

std::optional<std::string> decoded(const boost::json::string& text) {
  return from_base64({text.data(), text.size()});
}

// Finds the binary of one argument and what is wrong with it.
class argument_check {
 public:
  argument_check(std::size_t index, fault_list& faults) : index_{index}, faults_{faults} {}

  void look(const json& value) {
    if (const auto* array = value.if_array())
      for (const auto& element : *array) look(element);
    if (const auto* object = value.if_object()) look_at_object(value, *object);
  }
  [[nodiscard]] std::size_t binaries() const { return binaries_; }

 private:
  void look_at_object(const json& value, const boost::json::object& object) {
    if (object.contains(key_view(placeholder_key)))
      refuse(R"(an object with "_placeholder" would be taken for binary: write {"$binary": "<base64>"})");
    if (const auto* text = binary_in(value)) {
      ++binaries_;
      if (!decoded(*text)) refuse(R"("$binary" must be base64)");
      return;
    }
    if (object.contains(key_view(binary_key)))
      refuse(R"("$binary" must be a text of base64, and the only member of its object)");
    for (const auto& [key, element] : object) look(element);
  }

  void refuse(std::string detail) const { faults_.add(fmt::format("/args/{}", index_), std::move(detail)); }

  std::size_t index_;
  fault_list& faults_;
  std::size_t binaries_ = 0;
};

// An argument that holds binary, on its way to the wire: tag_invoke makes attachments of it.
struct with_binary {
  const json& value;
};

json to_wire(const json& value) {
  if (const auto* text = binary_in(value)) return boost::json::value_from(bytes{decoded(*text).value_or("")});
  if (const auto* array = value.if_array()) {
    boost::json::array copy;
    for (const auto& element : *array) copy.push_back(to_wire(element));
    return copy;
  }
  if (const auto* object = value.if_object()) {
    boost::json::object copy;
    for (const auto& [key, element] : *object) copy[key] = to_wire(element);
    return copy;
  }
  return value;
}

void tag_invoke(boost::json::value_from_tag, json& out, const with_binary& argument) {
  out = to_wire(argument.value);
}

// Placeholders, which the wire has for binary, become what a body has for it.
void from_wire(json& value, const std::vector<std::string>& attachments) {
  if (auto* array = value.if_array())
    for (auto& element : *array) from_wire(element, attachments);
  auto* object = value.if_object();
  if (!object) return;
  const auto* marked = object->if_contains(key_view(placeholder_key));
  const auto* number = object->if_contains("num");
  const bool is_placeholder = marked && marked->is_bool() && marked->get_bool() && number && number->is_int64() &&
                              number->get_int64() >= 0 &&
                              static_cast<std::size_t>(number->get_int64()) < attachments.size();
  if (is_placeholder) {
    const auto& bytes = attachments[static_cast<std::size_t>(number->get_int64())];
    value = boost::json::object{{key_view(binary_key), to_base64(bytes)}};
    return;
  }
  for (auto& [key, element] : *object) from_wire(element, attachments);
}

}  // namespace

arguments read_arguments(const call_body& body, const object_reader& members, std::size_t most_binary) {
  arguments list;
  const auto* value = members.find("args");
  if (!value) return list;
  if (!value->is_array()) {
    members.refuse("args", "must be a list");
    return list;
  }
  const auto& given = value->get_array();
  const auto texts = elements_of(body.text_of("args"));
  std::size_t binaries = 0;
  for (std::size_t i = 0; i < given.size(); ++i) {
    argument_check check{i, members.faults()};
    check.look(given[i]);
    binaries += check.binaries();
    if (!members.faults().empty() || binaries > most_binary) continue;  // the rest is only looked at for its faults
    if (check.binaries() == 0 && i < texts.size())
      list.add_raw(texts[i]);
    else
      list.add(with_binary{given[i]});
  }
  if (binaries > most_binary)
    members.refuse("args", fmt::format("hold {} binary values, at most {} are allowed", binaries, most_binary));
  return list;
}

std::string to_json_text(const arguments& answered) {
  if (answered.attachments().empty()) return fmt::format("[{}]", answered.text());
  json values = answered.to_json();
  // Escapes of lone surrogates fit in JSON text, but in no value: then placeholders stay.
  if (values.get_array().empty() && !answered.empty()) return fmt::format("[{}]", answered.text());
  from_wire(values, answered.attachments());
  return boost::json::serialize(values);
}

}  // namespace encke::gateway
