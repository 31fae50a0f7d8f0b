// SPDX-License-Identifier: MIT
// A scanner of our own: one pass that also finds where elements end, which Boost.JSON's parser would not tell.
// It is fuzzed against boost::json::parse.
#include <algorithm>
#include <array>
#include <socketio/json_text.hpp>
#include <socketio/text_run.hpp>

namespace encke::socketio {

namespace {

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Walks over JSON text. What is open is a stack of bits, so nesting takes neither recursion nor memory.
class scanner {
 public:
  scanner(std::string_view text, std::size_t depth)
      : p_{text.data()}, end_{text.data() + text.size()}, depth_{std::min(depth, max_depth)} {}

  const char* position() const { return p_; }
  bool at_end() const { return p_ == end_; }
  error failure() const { return failure_; }

  void skip_space() {
    while (p_ != end_ && is_space(*p_)) ++p_;
  }

  bool skip(char c) {
    if (p_ == end_ || *p_ != c) return false;
    ++p_;
    return true;
  }

  /// Passes one value with all that is in it. False: see `failure`.
  bool skip_value() {
    const std::size_t floor = level_;
    for (;;) {
      if (p_ == end_) return false;
      switch (*p_) {
        case '{':
          if (!open(object)) return false;
          if (!skip('}')) {
            if (!skip_key()) return false;
            continue;
          }
          --level_;
          break;
        case '[':
          if (!open(array)) return false;
          if (!skip(']')) continue;
          --level_;
          break;
        default:
          if (!skip_scalar()) return false;
      }
      if (!skip_to_next_value(floor)) return false;
      if (level_ == floor) return true;
    }
  }

 private:
  static constexpr std::size_t max_depth = 512;
  static constexpr bool object = true, array = false;

  bool open(bool kind) {
    if (level_ == depth_) {
      failure_ = error::too_deep;
      return false;
    }
    const std::uint64_t bit = std::uint64_t{1} << (level_ % 64);
    std::uint64_t& word = is_object_[level_ / 64];
    word = kind == object ? word | bit : word & ~bit;
    ++level_;
    ++p_;
    skip_space();
    return true;
  }

  bool in_object() const { return (is_object_[(level_ - 1) / 64] >> ((level_ - 1) % 64) & 1) != 0; }

  /// After a value: closes what ends here, then stands on the next value unless everything above `floor` is closed.
  bool skip_to_next_value(std::size_t floor) {
    while (level_ != floor) {
      skip_space();
      if (p_ == end_) return false;
      const bool object_is_open = in_object();
      const char c = *p_++;
      if (c == ',') {
        skip_space();
        return !object_is_open || skip_key();
      }
      if (c != (object_is_open ? '}' : ']')) return false;
      --level_;
    }
    return true;
  }

  bool skip_key() {
    if (!skip('"') || !skip_string_tail()) return false;
    skip_space();
    if (!skip(':')) return false;
    skip_space();
    return true;
  }

  bool skip_scalar() {
    switch (*p_) {
      case '"':
        ++p_;
        return skip_string_tail();
      case 't':
        return skip_word("true");
      case 'f':
        return skip_word("false");
      case 'n':
        return skip_word("null");
      default:
        return skip_number();
    }
  }

  bool skip_word(std::string_view word) {
    if (static_cast<std::size_t>(end_ - p_) < word.size() || !std::equal(word.begin(), word.end(), p_)) return false;
    p_ += word.size();
    return true;
  }

  bool skip_string_tail() {
    for (;;) {
      p_ = plain_run(p_, end_);
      if (p_ == end_) return false;
      if (*p_ == '"') {
        ++p_;
        return true;
      }
      if (*p_ == '\\' ? !skip_escape() : !skip_wide_characters()) return false;
    }
  }

  bool skip_wide_characters() {
    if (static_cast<signed char>(*p_) >= 0) return false;  // RFC 8259 7: control characters must be escaped
    do {
      const utf8_character character = utf8_at(p_, end_);
      if (!character.valid) return false;
      p_ += character.size;
    } while (p_ != end_ && static_cast<signed char>(*p_) < 0);
    return true;
  }

  bool skip_escape() {
    ++p_;
    if (p_ == end_) return false;
    switch (*p_++) {
      case '"':
      case '\\':
      case '/':
      case 'b':
      case 'f':
      case 'n':
      case 'r':
      case 't':
        return true;
      case 'u':
        break;
      default:
        return false;
    }
    if (end_ - p_ < 4 || !std::all_of(p_, p_ + 4, is_hex)) return false;
    p_ += 4;
    return true;
  }

  bool skip_digits() {
    if (p_ == end_ || !is_digit(*p_)) return false;
    while (p_ != end_ && is_digit(*p_)) ++p_;
    return true;
  }

  bool skip_number() {
    skip('-');
    if (!skip('0') && !skip_digits()) return false;
    if (skip('.') && !skip_digits()) return false;
    if (!skip('e') && !skip('E')) return true;
    if (!skip('+')) skip('-');
    return skip_digits();
  }

  const char* p_;
  const char* end_;
  std::size_t depth_;
  std::size_t level_ = 0;
  std::array<std::uint64_t, max_depth / 64> is_object_;  // a bit is written when its level opens
  error failure_ = error::invalid_json;
};

std::string_view between(const char* from, const char* to) {
  return {from, static_cast<std::size_t>(to - from)};
}

}  // namespace

result<std::string_view, error> check_json(std::string_view text, std::size_t depth) noexcept {
  scanner in{text, depth};
  in.skip_space();
  const char* const from = in.position();
  if (!in.skip_value()) return in.failure();
  const std::string_view value = between(from, in.position());
  in.skip_space();
  if (!in.at_end()) return error::invalid_json;
  return value;
}

result<json_array, error> check_json_array(std::string_view text, std::size_t depth) noexcept {
  if (depth == 0) return error::too_deep;
  scanner in{text, depth - 1};  // this array is a level itself
  if (!in.skip('[')) return error::invalid_json;
  in.skip_space();
  json_array found;
  const char* const inner = in.position();
  const char* inner_end = inner;
  const char* rest = nullptr;
  if (!in.skip(']')) {
    do {
      in.skip_space();
      if (found.count == 1) rest = in.position();
      const char* const from = in.position();
      if (!in.skip_value()) return in.failure();
      inner_end = in.position();
      if (found.count++ == 0) found.first = between(from, inner_end);
      in.skip_space();
    } while (in.skip(','));
    if (!in.skip(']')) return error::invalid_json;
  }
  found.text = between(text.data(), in.position());
  found.inner = between(inner, inner_end);
  if (rest != nullptr) found.rest = between(rest, inner_end);
  in.skip_space();
  if (!in.at_end()) return error::invalid_json;
  return found;
}

}  // namespace encke::socketio
