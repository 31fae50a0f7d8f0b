// SPDX-License-Identifier: MIT
// A scanner of our own: one pass that also finds where elements end, which Boost.JSON's parser would not tell.
// It is fuzzed against boost::json::parse.
#include <algorithm>
#include <array>
#include <optional>
#include <socketio/json_text.hpp>
#include <socketio/text_run.hpp>

namespace encke::socketio {

namespace {

constexpr std::size_t max_depth = 512;

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Each `pass_` function takes where it stands and gives where it has got to, or nullptr if the text is wrong there.
// They are free functions over pointers so that the position stays in a register.

const char* pass_space(const char* p, const char* end) {
  // Mostly there is none: one comparison finds out.
  while (p != end && static_cast<unsigned char>(*p) <= ' ' && is_space(*p)) ++p;
  return p;
}

const char* pass_word(const char* p, const char* end, std::string_view word) {
  if (static_cast<std::size_t>(end - p) < word.size() || !std::equal(word.begin(), word.end(), p)) return nullptr;
  return p + word.size();
}

const char* pass_digits(const char* p, const char* end) {
  if (p == end || !is_digit(*p)) return nullptr;
  while (p != end && is_digit(*p)) ++p;
  return p;
}

const char* pass_exponent(const char* p, const char* end) {
  if (p != end && (*p == '+' || *p == '-')) ++p;
  return pass_digits(p, end);
}

const char* pass_number(const char* p, const char* end) {
  if (*p == '-') ++p;
  p = p != end && *p == '0' ? p + 1 : pass_digits(p, end);
  if (p != nullptr && p != end && *p == '.') p = pass_digits(p + 1, end);
  if (p != nullptr && p != end && (*p == 'e' || *p == 'E')) p = pass_exponent(p + 1, end);
  return p;
}

/// From behind the backslash.
const char* pass_escape(const char* p, const char* end) {
  if (p == end) return nullptr;
  switch (*p++) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't': return p;
    case 'u': return end - p >= 4 && std::all_of(p, p + 4, is_hex) ? p + 4 : nullptr;
    default: return nullptr;
  }
}

const char* pass_wide_characters(const char* p, const char* end) {
  while (p != end && static_cast<signed char>(*p) < 0) {
    const utf8_character character = utf8_at(p, end);
    if (!character.valid) return nullptr;
    p += character.size;
  }
  return p;
}

/// From behind the opening quote.
const char* pass_string(const char* p, const char* end) {
  while ((p = plain_run(p, end)) != end) {
    if (*p == '"') return p + 1;
    if (*p >= 0 && *p < ' ') return nullptr;  // RFC 8259 7: control characters must be escaped
    p = *p == '\\' ? pass_escape(p + 1, end) : pass_wide_characters(p, end);
    if (p == nullptr) return nullptr;
  }
  return nullptr;
}

const char* pass_scalar(const char* p, const char* end) {
  switch (*p) {
    case '"': return pass_string(p + 1, end);
    case 't': return pass_word(p, end, "true");
    case 'f': return pass_word(p, end, "false");
    case 'n': return pass_word(p, end, "null");
    default: return pass_number(p, end);
  }
}

/// A key with its colon, and the space around it.
const char* pass_key(const char* p, const char* end) {
  if (p == end || *p != '"') return nullptr;
  p = pass_string(p + 1, end);
  if (p == nullptr) return nullptr;
  p = pass_space(p, end);
  if (p == end || *p != ':') return nullptr;
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
  std::array<std::uint64_t, max_depth / 64> full_;  // written before read: what `kinds_` was 64 levels down
};

/// From behind a value, or from the bracket that closes an empty array or object: to the next value, or to where the
/// outermost array or object has ended.
const char* pass_closings(const char* p, const char* end, nesting& open) {
  while (open.level() != 0) {
    p = pass_space(p, end);
    if (p == end) return nullptr;
    if (*p == ',') {
      p = pass_space(p + 1, end);
      return open.in_object() ? pass_key(p, end) : p;
    }
    if (*p++ != open.closing()) return nullptr;
    open.close();
  }
  return p;
}

/// One value with all that is in it; the text may go on behind it. Sets `failure` only if it is not invalid_json.
const char* pass_value(const char* p, const char* end, std::size_t depth, error& failure) {
  nesting open;
  for (;;) {
    if (p == end) return nullptr;
    if (*p == '{' || *p == '[') {
      if (open.level() == depth) {
        failure = error::too_deep;
        return nullptr;
      }
      open.open(*p == '{');
      p = pass_space(p + 1, end);
      if (p == end) return nullptr;
      if (*p != open.closing()) {
        if (open.in_object() && (p = pass_key(p, end)) == nullptr) return nullptr;
        continue;
      }
    } else {
      p = pass_scalar(p, end);
      if (p == nullptr) return nullptr;
    }
    p = pass_closings(p, end, open);
    if (p == nullptr || open.level() == 0) return p;
  }
}

std::string_view between(const char* from, const char* to) {
  return {from, static_cast<std::size_t>(to - from)};
}

std::optional<error> scan_array(std::string_view text, std::size_t depth, json_array& found) {
  if (!text.starts_with('[')) return error::invalid_json;
  if (depth == 0) return error::too_deep;
  depth = std::min(depth, max_depth) - 1;  // this array is a level itself
  const char* const end = text.data() + text.size();
  const char* p = pass_space(text.data() + 1, end);
  const char* const inner = p;
  bool is_closed = p != end && *p == ']';
  while (!is_closed) {
    const char* const from = p;
    error failure = error::invalid_json;
    const char* const to = pass_value(from, end, depth, failure);
    if (to == nullptr) return failure;
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
  error failure = error::invalid_json;
  const char* const to = pass_value(from, end, std::min(depth, max_depth), failure);
  if (to == nullptr) return failure;
  if (pass_space(to, end) != end) return error::invalid_json;
  return between(from, to);
}

result<json_array, error> check_json_array(std::string_view text, std::size_t depth) noexcept {
  result<json_array, error> array{boost::system::in_place_value};  // filled where it lies
  if (const auto failure = scan_array(text, depth, *array)) array = *failure;
  return array;
}

}  // namespace encke::socketio
