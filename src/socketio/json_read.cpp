// SPDX-License-Identifier: MIT
#include <algorithm>
#include <charconv>
#include <optional>
#include <socketio/json_read.hpp>
#include <utility>
#include <vector>

namespace encke::socketio {

namespace {

std::uint32_t hex_value(char c) {
  if (c <= '9') return static_cast<std::uint32_t>(c - '0');
  return static_cast<std::uint32_t>((c | 0x20) - 'a' + 10);
}

std::uint32_t read_hex4(const char* p) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value * 16 + hex_value(p[i]);
  return value;
}

void append_utf8(std::string& out, std::uint32_t c) {
  const auto continuation = [](std::uint32_t bits) { return static_cast<char>(0x80 | (bits & 0x3F)); };
  if (c < 0x80) {
    out.push_back(static_cast<char>(c));
    return;
  }
  if (c < 0x800) {
    out.push_back(static_cast<char>(0xC0 | c >> 6));
  } else if (c < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | c >> 12));
    out.push_back(continuation(c >> 6));
  } else {
    out.push_back(static_cast<char>(0xF0 | c >> 18));
    out.push_back(continuation(c >> 12));
    out.push_back(continuation(c >> 6));
  }
  out.push_back(continuation(c));
}

struct unicode_escape {
  std::uint32_t character;
  std::size_t size;  // behind the first "\u"
  bool is_lone_surrogate;
};

/// `p` is behind "\u" of a checked string. A character may take a second escape.
unicode_escape read_unicode(const char* p, const char* end) {
  const std::uint32_t first = read_hex4(p);
  if (first < 0xD800 || first > 0xDFFF) return {first, 4, false};
  const bool another = first < 0xDC00 && end - p >= 10 && p[4] == '\\' && p[5] == 'u';
  const std::uint32_t second = another ? read_hex4(p + 6) : 0;
  if (second < 0xDC00 || second > 0xDFFF) return {0xFFFD, 4, true};
  return {0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00), 10, false};
}

/// `p` is behind the backslash of a checked string; gives where the escape ends.
const char* append_unescaped(std::string& out, const char* p, const char* end) {
  switch (*p++) {
    case 'b': out.push_back('\b'); return p;
    case 'f': out.push_back('\f'); return p;
    case 'n': out.push_back('\n'); return p;
    case 'r': out.push_back('\r'); return p;
    case 't': out.push_back('\t'); return p;
    case 'u': break;
    default: out.push_back(p[-1]); return p;
  }
  const unicode_escape found = read_unicode(p, end);
  append_utf8(out, found.character);
  return p + found.size;
}

/// Of an open object: the keys that make it a placeholder. Of an open array: nothing.
struct level {
  bool is_object = false;
  bool is_placeholder = false;
  std::optional<std::size_t> num;
};

/// The integer a scalar is, if it is one without sign, fraction and exponent.
std::optional<std::size_t> integer(std::string_view scalar) {
  std::size_t value = 0;
  const auto read = std::from_chars(scalar.data(), scalar.data() + scalar.size(), value);
  if (read.ec != std::errc{} || read.ptr != scalar.data() + scalar.size()) return std::nullopt;
  return value;
}

/// Where the string that opens at `from` closes.
std::size_t closing_quote(std::string_view text, std::size_t from) {
  std::size_t at = from + 1;
  while ((at = text.find_first_of("\"\\", at)) != text.npos && text[at] == '\\') at += 2;
  return at;
}

std::string key_name(std::string_view raw) {
  return raw.find('\\') == raw.npos ? std::string{raw} : unescape(raw);
}

/// Takes the members of objects one by one and remembers those of placeholders.
class placeholder_check {
 public:
  explicit placeholder_check(std::size_t attachments) : attachments_{attachments} {}

  void open(bool is_object) {
    note({});  // the value of the key, if there is one, is no scalar
    open_.push_back(level{is_object, false, std::nullopt});
  }
  bool close() {
    const level closed = open_.back();
    open_.pop_back();
    return !closed.is_placeholder || (closed.num && *closed.num < attachments_);
  }
  void string(std::string_view raw) {
    if (open_.empty() || !open_.back().is_object || has_key_) return note({});
    key_ = key_name(raw);
    has_key_ = true;
  }
  void scalar(std::string_view text) { note(text); }

 private:
  /// `scalar` is the value that a key announced; "" if it is anything but a number or a word.
  void note(std::string_view scalar) {
    if (!std::exchange(has_key_, false)) return;
    if (key_ == "_placeholder") open_.back().is_placeholder = scalar == "true";
    if (key_ == "num") open_.back().num = integer(scalar);
  }

  std::size_t attachments_;
  std::vector<level> open_;
  std::string key_;
  bool has_key_ = false;
};

}  // namespace

json_kind kind_of(std::string_view checked) noexcept {
  switch (checked.front()) {
    case '{': return json_kind::object;
    case '[': return json_kind::array;
    case '"': return json_kind::string;
    case 'n': return json_kind::null;
    case 't':
    case 'f': return json_kind::boolean;
    default: return json_kind::number;
  }
}

std::string unescape(std::string_view checked) {
  std::string out;
  out.reserve(checked.size());
  const char* p = checked.data();
  const char* const end = p + checked.size();
  while (p != end) {
    const char* const escape = std::find(p, end, '\\');
    out.append(p, escape);
    p = escape == end ? end : append_unescaped(out, escape + 1, end);
  }
  return out;
}

std::optional<std::string> replace_lone_surrogates(std::string_view checked) {
  std::optional<std::string> out;
  const char* const end = checked.data() + checked.size();
  for (std::size_t at = 0; (at = checked.find('\\', at)) != checked.npos;) {
    if (checked[at + 1] != 'u') {
      at += 2;
      continue;
    }
    const unicode_escape found = read_unicode(checked.data() + at + 2, end);
    if (found.is_lone_surrogate) {
      if (!out) out.emplace(checked);
      out->replace(at, 6, "\\ufffd");
    }
    at += 2 + found.size;
  }
  return out;
}

bool placeholders_are_legal(std::string_view checked, std::size_t attachments) {
  placeholder_check check{attachments};
  for (std::size_t at = 0; (at = checked.find_first_not_of(" \n\r\t,:", at)) != checked.npos;) {
    const char c = checked[at];
    if (c == '"') {
      const std::size_t end = closing_quote(checked, at);
      check.string(checked.substr(at + 1, end - at - 1));
      at = end + 1;
    } else if (c == '{' || c == '[') {
      check.open(c == '{');
      ++at;
    } else if (c == '}' || c == ']') {
      if (!check.close()) return false;
      ++at;
    } else {
      const std::size_t end = std::min(checked.find_first_of(" \n\r\t,]}", at), checked.size());
      check.scalar(checked.substr(at, end - at));
      at = end;
    }
  }
  return true;
}

}  // namespace encke::socketio
