// SPDX-License-Identifier: MIT
#include <hub/kept_handshake.hpp>

#include <base/release.hpp>
#include <encke/value.hpp>

namespace encke::hub {

namespace {

// What Boost.JSON holds for a value besides the value itself, about.
std::size_t held_by(const json& value) {
  std::size_t size = 0;
  if (const auto* text = value.if_string()) {
    size = text->capacity();
  } else if (const auto* array = value.if_array()) {
    size = array->capacity() * sizeof(json);
    for (const auto& element : *array) size += held_by(element);
  } else if (const auto* object = value.if_object()) {
    size = object->capacity() * sizeof(boost::json::key_value_pair);
    for (const auto& [key, element] : *object) size += key.size() + held_by(element);
  }
  return size;
}

}  // namespace

kept_handshake::kept_handshake(handshake sent) : value{std::move(sent)}, charge_{ledger::purpose::handshake, 0} {
  std::size_t size = value.url.capacity() + value.address.capacity();
  for (const auto& [key, element] : value.auth)
    size += sizeof(boost::json::key_value_pair) + key.size() + held_by(element);
  for (const auto* list : {&value.headers, &value.query})
    for (const auto& [name, text] : *list) size += sizeof(name) + sizeof(text) + name.size() + text.size();
  charge_.resize(size);
}

void kept_handshake::slim() {
  if (value.headers.empty() && value.url.empty() && value.auth.empty()) return;
  release(value.url);
  release(value.headers);
  release(value.query);
  value.auth = boost::json::object{};
  charge_.resize(value.address.capacity());
}

}  // namespace encke::hub
