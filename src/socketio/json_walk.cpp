// SPDX-License-Identifier: MIT
#include <encke/json_walk.hpp>

#include <socketio/json_pass.hpp>

namespace encke {

namespace {

using socketio::is_space;

/// Passes on what it is told, with places counted from the beginning of the text.
struct telling {
  const char* begin;
  const char* end;
  json_listener& to;
  std::optional<json_stop> stop{};

  void open(const char* p, bool is_object) { to.on_open(offset(p), is_object); }
  void close(const char* p) { to.on_close(offset(p)); }
  void name(const char* from, const char* behind) { to.on_name(text(from, behind)); }
  void scalar(const char* from, const char* behind) { to.on_scalar(text(from, behind)); }
  const char* fail(const char* p, json_mistake why) {
    stop = json_stop{offset(p), why};
    const bool is_closed_here =
        p != end && ((why == json_mistake::no_value && *p == ']') || (why == json_mistake::no_name && *p == '}'));
    if (const char* const before = is_closed_here ? last_before(p) : nullptr; before != nullptr && *before == ',')
      stop = json_stop{offset(before), json_mistake::comma_before_end};
    return nullptr;
  }

 private:
  [[nodiscard]] std::size_t offset(const char* p) const { return static_cast<std::size_t>(p - begin); }
  static std::string_view text(const char* from, const char* behind) {
    return {from, static_cast<std::size_t>(behind - from)};
  }
  /// The last character in front of `p` that is no white space.
  [[nodiscard]] const char* last_before(const char* p) const {
    while (p != begin)
      if (!is_space(*--p)) return p;
    return nullptr;
  }
};

}  // namespace

std::optional<json_stop> walk_json(std::string_view text, std::size_t depth, json_listener& listener) {
  const char* const end = text.data() + text.size();
  telling watch{text.data(), end, listener};
  const char* const from = socketio::pass_space(text.data(), end);
  const char* const to = socketio::pass_value(from, end, std::min(depth, socketio::max_json_depth), watch);
  if (to == nullptr) return watch.stop;
  if (const char* const more = socketio::pass_space(to, end); more != end)
    return json_stop{static_cast<std::size_t>(more - text.data()), json_mistake::something_behind};
  return std::nullopt;
}

}  // namespace encke
