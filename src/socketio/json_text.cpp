// SPDX-License-Identifier: MIT
#include <algorithm>
#include <optional>
#include <socketio/json_pass.hpp>
#include <socketio/json_text.hpp>

namespace encke::socketio {

namespace {

/// Only whether it is JSON.
struct checking {
  error failure = error::invalid_json;

  static void open(const char*, bool) {}
  static void close(const char*) {}
  static void name(const char*, const char*) {}
  static void scalar(const char*, const char*) {}
  const char* fail(const char*, json_mistake why) {
    if (why == json_mistake::too_deep) failure = error::too_deep;
    return nullptr;
  }
};

std::string_view between(const char* from, const char* to) {
  return {from, static_cast<std::size_t>(to - from)};
}

std::optional<error> scan_array(std::string_view text, std::size_t depth, json_array& found) {
  if (!text.starts_with('[')) return error::invalid_json;
  if (depth == 0) return error::too_deep;
  depth = std::min(depth, max_json_depth) - 1;  // this array is a level itself
  const char* const end = text.data() + text.size();
  const char* p = pass_space(text.data() + 1, end);
  const char* const inner = p;
  bool is_closed = p != end && *p == ']';
  while (!is_closed) {
    const char* const from = p;
    checking watch;
    const char* const to = pass_value(from, end, depth, watch);
    if (to == nullptr) return watch.failure;
    ++found.count;
    found.inner = between(inner, to);
    if (found.count == 1) found.first = between(from, to);
    if (found.count == 2) found.rest = between(from, to);
    if (found.count > 2) found.rest = between(found.rest.data(), to);
    p = pass_space(to, end);
    if (p == end || (*p != ',' && *p != ']')) return error::invalid_json;
    is_closed = *p == ']';
    if (!is_closed) p = pass_space(p + 1, end);
  }
  found.text = between(text.data(), p + 1);
  if (pass_space(p + 1, end) != end) return error::invalid_json;
  return std::nullopt;
}

}  // namespace

result<std::string_view, error> check_json(std::string_view text, std::size_t depth) noexcept {
  const char* const end = text.data() + text.size();
  const char* const from = pass_space(text.data(), end);
  checking watch;
  const char* const to = pass_value(from, end, std::min(depth, max_json_depth), watch);
  if (to == nullptr) return watch.failure;
  if (pass_space(to, end) != end) return error::invalid_json;
  return between(from, to);
}

result<json_array, error> check_json_array(std::string_view text, std::size_t depth) noexcept {
  result<json_array, error> array{boost::system::in_place_value};  // filled where it lies
  if (const auto failure = scan_array(text, depth, *array)) array = *failure;
  return array;
}

}  // namespace encke::socketio
