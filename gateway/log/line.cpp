// SPDX-License-Identifier: MIT
#include "gateway/log/line.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gateway/text/timestamp.hpp"
#include "gateway/text/unicode.hpp"

namespace encke::gateway {
namespace {

using system_clock = std::chrono::system_clock;

constexpr std::size_t most_value = 1024;

// RFC 8259 7: a character outside of the BMP is a pair of surrogates.
void append_code(std::string& out, char32_t c) {
  if (c < 0x10000) {
    out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    return;
  }
  const auto rest = static_cast<unsigned>(c) - 0x10000;
  out += fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + (rest >> 10), 0xDC00 + (rest & 0x3FF));
}

// Escaped as in JSON. So is whatever nobody sees: terminals and viewers obey it.
void append_escaped(std::string& out, std::string_view text, bool keep_quotes) {
  const bool is_cut = text.size() > most_value;
  text = text.substr(0, most_value);
  while (!text.empty()) {
    const auto [value, length, is_valid] = first_of(text);
    if (!is_valid)
      out += "\uFFFD";
    else if (value == '\n')
      out += "\\n";
    else if (is_invisible(value))
      append_code(out, value);
    else if ((value == '"' || value == '\\') && !keep_quotes)
      out.append(1, '\\').append(1, static_cast<char>(value));
    else
      out += text.substr(0, length);
    text.remove_prefix(length);
  }
  if (is_cut) out += "...";
}

bool is_plain(std::string_view value) {
  return !value.empty() && value.size() <= most_value && std::ranges::all_of(value, [](unsigned char c) {
    return c > 0x20 && c < 0x7F && c != '"' && c != '\\' && c != '=';
  });
}

void append_json_member(std::string& out, std::string_view name, std::string_view value) {
  out += out.size() > 1 ? ",\"" : "\"";
  append_escaped(out, name, false);
  out += "\":\"";
  append_escaped(out, value, false);
  out += '"';
}

std::string format_json(system_clock::time_point time, log_level level, std::string_view message,
                        std::span<const log_field> fields) {
  std::string out = "{";
  append_json_member(out, "ts", timestamp(time));
  append_json_member(out, "level", name_of(level));
  append_json_member(out, "msg", message);
  for (const auto& [name, value] : fields) {
    const bool is_taken = name == "ts" || name == "level" || name == "msg";
    append_json_member(out, is_taken ? std::string{name} + "_" : std::string{name}, value);
  }
  return out + "}\n";
}

std::string format_text(system_clock::time_point time, log_level level, std::string_view message,
                        std::span<const log_field> fields) {
  std::string out = fmt::format("{} {:<5} ", timestamp(time), name_of(level));
  append_escaped(out, message, true);
  for (const auto& [name, value] : fields) {
    out += ' ';
    append_escaped(out, name, true);
    out += '=';
    if (is_plain(value)) {
      out += value;
      continue;
    }
    out += '"';
    append_escaped(out, value, false);
    out += '"';
  }
  return out + "\n";
}

}  // namespace

std::string_view name_of(log_level level) noexcept {
  switch (level) {
    case log_level::trace: return "trace";
    case log_level::debug: return "debug";
    case log_level::info: return "info";
    case log_level::warning: return "warn";
    case log_level::error: break;
  }
  return "error";
}

std::string format_record(log_format format, system_clock::time_point time, log_level level, std::string_view message,
                          std::span<const log_field> fields) {
  return format == log_format::json ? format_json(time, level, message, fields)
                                    : format_text(time, level, message, fields);
}

}  // namespace encke::gateway
