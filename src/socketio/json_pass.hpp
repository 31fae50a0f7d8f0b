// SPDX-License-Identifier: MIT
// A scanner of our own: one pass that also finds where elements end, which Boost.JSON's parser would not tell.
// It is fuzzed against boost::json::parse. Used by json_text, which only checks, and by json_walk, which tells.
// A `Watch` is told of what is passed and of mistakes; one that does nothing costs nothing.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <encke/json_walk.hpp>
#include <socketio/text_run.hpp>
#include <string_view>

namespace encke::socketio {

inline constexpr std::size_t max_json_depth = 512;

inline bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}
inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

inline bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Each `pass_` function takes where it stands and gives where it has got to, or nullptr if the text is wrong there,
// which the watch is told. They are free functions over pointers so that the position stays in a register.

inline const char* pass_space(const char* p, const char* end) {
  // Mostly there is none: one comparison finds out.
  while (p != end && static_cast<unsigned char>(*p) <= ' ' && is_space(*p)) ++p;
  return p;
}

template <class Watch>
const char* pass_word(const char* p, const char* end, std::string_view word, Watch& watch) {
  if (static_cast<std::size_t>(end - p) < word.size() || !std::equal(word.begin(), word.end(), p))
    return watch.fail(p, json_mistake::no_value);
  return p + word.size();
}

template <class Watch>
const char* pass_digits(const char* p, const char* end, Watch& watch) {
  if (p == end || !is_digit(*p)) return watch.fail(p, json_mistake::no_digit);
  while (p != end && is_digit(*p)) ++p;
  return p;
}

template <class Watch>
const char* pass_exponent(const char* p, const char* end, Watch& watch) {
  if (p != end && (*p == '+' || *p == '-')) ++p;
  return pass_digits(p, end, watch);
}

template <class Watch>
const char* pass_number(const char* p, const char* end, Watch& watch) {
  const char* const from = p;
  if (*p == '-') ++p;
  if (p == end || !is_digit(*p)) return watch.fail(from, json_mistake::no_value);
  const bool is_zero = *p++ == '0';
  if (is_zero && p != end && is_digit(*p)) return watch.fail(p, json_mistake::leading_zero);
  while (p != end && is_digit(*p)) ++p;
  if (p != end && *p == '.') p = pass_digits(p + 1, end, watch);
  if (p != nullptr && p != end && (*p == 'e' || *p == 'E')) p = pass_exponent(p + 1, end, watch);
  return p;
}

/// From the backslash in the string that begins at `opening`.
template <class Watch>
const char* pass_escape(const char* p, const char* end, const char* opening, Watch& watch) {
  const char* const backslash = p++;
  if (p == end) return watch.fail(opening, json_mistake::no_end);
  switch (*p++) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't': return p;
    case 'u': break;
    default: return watch.fail(backslash, json_mistake::no_escape);
  }
  if (end - p < 4) return watch.fail(opening, json_mistake::no_end);
  return std::all_of(p, p + 4, is_hex) ? p + 4 : watch.fail(backslash, json_mistake::no_hex);
}

template <class Watch>
const char* pass_wide_characters(const char* p, const char* end, Watch& watch) {
  while (p != end && static_cast<signed char>(*p) < 0) {
    const utf8_character character = utf8_at(p, end);
    if (!character.valid) return watch.fail(p, json_mistake::not_utf8);
    p += character.size;
  }
  return p;
}

/// From the opening quote.
template <class Watch>
const char* pass_string(const char* p, const char* end, Watch& watch) {
  const char* const opening = p++;
  while ((p = plain_run(p, end)) != end) {
    if (*p == '"') return p + 1;
    if (*p >= 0 && *p < ' ') return watch.fail(p, json_mistake::control_character);  // RFC 8259 7
    p = *p == '\\' ? pass_escape(p, end, opening, watch) : pass_wide_characters(p, end, watch);
    if (p == nullptr) return nullptr;
  }
  return watch.fail(opening, json_mistake::no_end);
}

template <class Watch>
const char* pass_scalar(const char* p, const char* end, Watch& watch) {
  switch (*p) {
    case '"': return pass_string(p, end, watch);
    case 't': return pass_word(p, end, "true", watch);
    case 'f': return pass_word(p, end, "false", watch);
    case 'n': return pass_word(p, end, "null", watch);
    default: return pass_number(p, end, watch);
  }
}

/// A key with its colon, and the space around it.
template <class Watch>
const char* pass_key(const char* p, const char* end, Watch& watch) {
  if (p == end || *p != '"') return watch.fail(p, json_mistake::no_name);
  const char* const from = p;
  p = pass_string(p, end, watch);
  if (p == nullptr) return nullptr;
  watch.name(from, p);
  p = pass_space(p, end);
  if (p == end || *p != ':') return watch.fail(p, json_mistake::no_colon);
  return pass_space(p + 1, end);
}

/// The arrays and objects that are open, one bit each: nesting takes neither recursion nor memory.
class nesting {
 public:
  std::size_t level() const { return level_; }
  bool in_object() const { return (kinds_ & 1) != 0; }
  char closing() const { return in_object() ? '}' : ']'; }

  void open(bool is_object) {
    if (level_ % 64 == 0) full_[level_ / 64] = kinds_;
    kinds_ = kinds_ << 1 | static_cast<std::uint64_t>(is_object);
    ++level_;
  }
  void close() {
    --level_;
    kinds_ = level_ % 64 == 0 ? full_[level_ / 64] : kinds_ >> 1;
  }

 private:
  std::uint64_t kinds_ = 0;
  std::size_t level_ = 0;
  std::array<std::uint64_t, max_json_depth / 64> full_;  // written before read: what `kinds_` was 64 levels down
};

/// From behind a value, or from the bracket that closes an empty array or object: to the next value, or to where the
/// outermost array or object has ended.
template <class Watch>
const char* pass_closings(const char* p, const char* end, nesting& open, Watch& watch) {
  while (open.level() != 0) {
    p = pass_space(p, end);
    if (p == end) return watch.fail(p, json_mistake::no_comma);
    if (*p == ',') {
      p = pass_space(p + 1, end);
      return open.in_object() ? pass_key(p, end, watch) : p;
    }
    if (*p != open.closing()) return watch.fail(p, json_mistake::no_comma);
    ++p;
    open.close();
    watch.close(p);
  }
  return p;
}

/// One value with all that is in it; the text may go on behind it.
template <class Watch>
const char* pass_value(const char* p, const char* end, std::size_t depth, Watch& watch) {
  nesting open;
  for (;;) {
    if (p == end) return watch.fail(p, json_mistake::no_value);
    if (*p == '{' || *p == '[') {
      if (open.level() == depth) return watch.fail(p, json_mistake::too_deep);
      watch.open(p, *p == '{');
      open.open(*p == '{');
      p = pass_space(p + 1, end);
      if (p == end) return watch.fail(p, json_mistake::no_value);
      if (*p != open.closing()) {
        if (open.in_object() && (p = pass_key(p, end, watch)) == nullptr) return nullptr;
        continue;
      }
    } else {
      const char* const from = p;
      p = pass_scalar(p, end, watch);
      if (p == nullptr) return nullptr;
      watch.scalar(from, p);
    }
    p = pass_closings(p, end, open, watch);
    if (p == nullptr || open.level() == 0) return p;
  }
}

}  // namespace encke::socketio
