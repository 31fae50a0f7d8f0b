// SPDX-License-Identifier: MIT
#include <array>
#include <charconv>
#include <cmath>
#include <socketio/json_write.hpp>
#include <socketio/text_run.hpp>

namespace encke::socketio {

namespace {

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"': out.append("\\\""); return;
    case '\\': out.append("\\\\"); return;
    case '\b': out.append("\\b"); return;
    case '\f': out.append("\\f"); return;
    case '\n': out.append("\\n"); return;
    case '\r': out.append("\\r"); return;
    case '\t': out.append("\\t"); return;
    default: break;
  }
  static constexpr std::string_view digits = "0123456789abcdef";
  out.append(c < 0x10 ? "\\u000" : "\\u001");
  out.push_back(digits[static_cast<std::size_t>(c) % 16]);
}

template <class Integer>
void append_integer(std::string& out, Integer value) {
  std::array<char, 24> buffer;
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  out.append(buffer.data(), written.ptr);
}

/// Appends 0.`digits` times ten to the `point` (ECMA-262 6.1.6.1.20, steps 6 to 12).
void append_digits(std::string& out, std::string_view digits, int point) {
  const int count = static_cast<int>(digits.size());
  if (count <= point && point <= 21) {
    out.append(digits).append(static_cast<std::size_t>(point - count), '0');
    return;
  }
  if (0 < point && point <= 21) {
    out.append(digits.substr(0, static_cast<std::size_t>(point))).append(1, '.');
    out.append(digits.substr(static_cast<std::size_t>(point)));
    return;
  }
  if (-6 < point && point <= 0) {
    out.append("0.").append(static_cast<std::size_t>(-point), '0').append(digits);
    return;
  }
  out.append(digits.substr(0, 1));
  if (count > 1) out.append(1, '.').append(digits.substr(1));
  out.append(point > 0 ? "e+" : "e-");
  append_integer(out, std::abs(point - 1));
}

}  // namespace

void append_string(std::string& out, std::string_view utf8) {
  const char* p = utf8.data();
  const char* const end = p + utf8.size();
  const char* from = p;  // everything before is written
  out.push_back('"');
  while ((p = plain_run(p, end)) != end) {
    const utf8_character character = utf8_at(p, end);
    if (character.size > 1 && character.valid) {
      p += character.size;
      continue;
    }
    out.append(from, p);
    if (character.valid) append_escaped(out, *p);
    if (!character.valid) out.append("\xEF\xBF\xBD");
    from = p += character.size;
  }
  out.append(from, end);
  out.push_back('"');
}

void append_number(std::string& out, std::int64_t value) {
  append_integer(out, value);
}

void append_number(std::string& out, std::uint64_t value) {
  append_integer(out, value);
}

void append_number(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out.append("null");
    return;
  }
  constexpr double exact = 9007199254740992.0;  // 2^53
  if (std::fabs(value) < exact && value == std::trunc(value))
    return append_integer(out, static_cast<std::int64_t>(value));

  std::array<char, 40> buffer;  // [-]d[.d...]e±x
  const auto written =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific);
  std::string_view text{buffer.data(), static_cast<std::size_t>(written.ptr - buffer.data())};
  if (text.front() == '-') {
    out.push_back('-');
    text.remove_prefix(1);
  }
  const std::size_t e = text.find('e');
  int exponent = 0;
  std::from_chars(text.data() + e + (text[e + 1] == '+' ? 2 : 1), text.data() + text.size(), exponent);
  std::array<char, 24> digits;
  std::size_t count = 0;
  for (const char c : text.substr(0, e))
    if (c != '.') digits[count++] = c;
  append_digits(out, {digits.data(), count}, exponent + 1);
}

void append_ascii(std::string& out, std::string_view json) {
  const auto append_unit = [&out](unsigned unit) {
    static constexpr std::string_view digits = "0123456789abcdef";
    out.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) out.push_back(digits[unit >> shift & 0xF]);
  };
  for (std::size_t i = 0; i < json.size();) {
    const auto lead = static_cast<unsigned char>(json[i]);
    if (lead < 0x80) {
      out.push_back(json[i++]);
      continue;
    }
    const std::size_t size = utf8_at(json.data() + i, json.data() + json.size()).size;
    unsigned code = lead & (0x7FU >> size);
    for (std::size_t k = 1; k < size; ++k) code = code << 6 | (static_cast<unsigned char>(json[i + k]) & 0x3FU);
    i += size;
    if (code < 0x10000) {
      append_unit(code);
      continue;
    }
    append_unit(0xD800 + ((code - 0x10000) >> 10));
    append_unit(0xDC00 + ((code - 0x10000) & 0x3FF));
  }
}

}  // namespace encke::socketio
