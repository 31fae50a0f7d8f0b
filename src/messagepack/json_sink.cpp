// SPDX-License-Identifier: MIT
#include <messagepack/date.hpp>
#include <messagepack/json_sink.hpp>
#include <utility>

namespace encke::messagepack {

// A value of a map has its comma before the key.
void json_sink::begin() {
  if (open_.empty()) return;
  const bool is_first = !std::exchange(open_.back().has_values, true);
  if (!is_first && !open_.back().is_map) text_ += ',';
}

void json_sink::key(std::string_view utf8) {
  auto& map = open_.back();
  map.key_at = text_.size();
  if (map.has_values) text_ += ',';
  socketio::append_string(text_, utf8);
  text_ += ':';
}

void json_sink::date(std::int64_t milliseconds) {
  begin();
  append_date(text_, milliseconds);
}

void json_sink::undefined() {
  if (open_.empty()) return;
  if (!open_.back().is_map) return word("null");
  text_.resize(open_.back().key_at);
}

const char* json_sink::bytes(std::string_view data) {
  if (attachments_.size() >= limits_.attachments) return "too many attachments";
  if (data.size() > limits_.attachment_bytes - attachment_bytes_) return "attachments too large";
  begin();
  text_ += R"({"_placeholder":true,"num":)";
  socketio::append_number(text_, attachments_.size());
  text_ += '}';
  attachment_bytes_ += data.size();
  attachments_.emplace_back(data);
  return nullptr;
}

const char* json_sink::open(bool is_map) {
  if (open_.size() >= limits_.depth) return "too deep";
  begin();
  text_ += is_map ? '{' : '[';
  open_.push_back({is_map});
  return nullptr;
}

void json_sink::close() {
  text_ += open_.back().is_map ? '}' : ']';
  open_.pop_back();
}

}  // namespace encke::messagepack
