// SPDX-License-Identifier: MIT
// How a setting of each type is read and shown. Only rows.cpp includes this.
// A codec has `type`, `parse(raw, value) -> what is wrong` and `show(value) -> TOML`. Text, lists and keys never repeat
// a value in a fault, because a secret may be among them.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "gateway/settings/keys.hpp"
#include "gateway/settings/listen_address.hpp"
#include "gateway/settings/rows.hpp"
#include "gateway/text/quotes.hpp"
#include "gateway/text/units.hpp"

namespace encke::gateway::codec {

using raw_kind = raw_value::kind;

inline std::string_view name_of(raw_kind kind) {
  switch (kind) {
    case raw_kind::text: return "a text";
    case raw_kind::integer: return "a whole number";
    case raw_kind::boolean: return "true or false";
    case raw_kind::list: return "a list";
    case raw_kind::table: return "a table";
    case raw_kind::other: break;
  }
  return "a number with a fraction or a date";
}

inline std::string expected(std::string_view what, const raw_value& raw) {
  return fmt::format("expected {}, got {}", what, name_of(raw.type));
}

struct text {
  static constexpr auto type = value_type::text;
  std::size_t most = 4096;

  std::string parse(const raw_value& raw, std::string& value) const {
    if (raw.type != raw_kind::text) return expected("a text in quotes", raw);
    if (raw.text.size() > most) return fmt::format("is longer than {} bytes", most);
    if (std::ranges::any_of(raw.text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
      return "contains a control character";
    value = raw.text;
    return {};
  }
  std::string show(const std::string& value) const { return toml_string(value); }
};

struct boolean {
  static constexpr auto type = value_type::boolean;

  std::string parse(const raw_value& raw, bool& value) const {
    if (raw.typed && raw.type != raw_kind::boolean) return expected("true or false without quotes", raw);
    if (raw.text != "true" && raw.text != "false")
      return fmt::format("expected true or false, got {}", in_quotes(raw.text));
    value = raw.text == "true";
    return {};
  }
  std::string show(bool value) const { return value ? "true" : "false"; }
};

template <class T>
struct number {
  static constexpr auto type = value_type::number;
  T least = 0;
  T most = std::numeric_limits<T>::max();

  std::string parse(const raw_value& raw, T& value) const {
    if (raw.typed && raw.type != raw_kind::integer) return expected("a whole number without quotes", raw);
    std::int64_t parsed = 0;
    const auto end = raw.text.data() + raw.text.size();
    const auto [stop, error] = std::from_chars(raw.text.data(), end, parsed);
    if (raw.text.empty() || stop != end || error != std::errc{})
      return fmt::format("expected a whole number, got {}", in_quotes(raw.text));
    if (parsed < 0 || static_cast<std::uint64_t>(parsed) < least || static_cast<std::uint64_t>(parsed) > most)
      return fmt::format("must be between {} and {}, not {}", least, most, parsed);
    value = static_cast<T>(parsed);
    return {};
  }
  std::string show(T value) const { return fmt::format("{}", value); }
};

struct duration {
  static constexpr auto type = value_type::duration;
  milliseconds least, most;

  std::string parse(const raw_value& raw, milliseconds& value) const {
    if (raw.type == raw_kind::integer)
      return fmt::format(R"({0} has no unit: write "{0}s" or "{0}ms" (units: ms, s, m, h))", raw.text);
    if (raw.type != raw_kind::text) return expected(R"(a duration such as "10s")", raw);
    std::string why;
    const auto parsed = parse_duration(raw.text, why);
    if (!parsed) return why;
    if (*parsed < least || *parsed > most)
      return fmt::format("must be between {} and {}, not {}", format_duration(least), format_duration(most),
                         format_duration(*parsed));
    value = *parsed;
    return {};
  }
  std::string show(milliseconds value) const { return toml_string(format_duration(value)); }
};

struct size {
  static constexpr auto type = value_type::size;
  std::size_t least, most;

  std::string parse(const raw_value& raw, std::size_t& value) const {
    if (raw.type != raw_kind::text && raw.type != raw_kind::integer) return expected(R"(a size such as "64KiB")", raw);
    std::string why;
    const auto parsed = parse_size(raw.text, why);
    if (!parsed) return why;
    if (*parsed < least || *parsed > most)
      return fmt::format("must be between {} and {}, not {}", format_size(least), format_size(most),
                         format_size(*parsed));
    value = *parsed;
    return {};
  }
  std::string show(std::size_t value) const { return toml_string(format_size(value)); }
};

struct address {
  static constexpr auto type = value_type::address;

  std::string parse(const raw_value& raw, listen_address& value) const {
    if (raw.type != raw_kind::text) return expected(R"(an address such as "0.0.0.0:8080")", raw);
    std::string why;
    auto parsed = parse_address(raw.text, why);
    if (!parsed) return why;
    value = std::move(*parsed);
    return {};
  }
  std::string show(const listen_address& value) const { return toml_string(format_address(value)); }
};

template <class E>
struct choice {
  static constexpr auto type = value_type::choice;
  std::span<const std::pair<std::string_view, E>> choices;

  std::string parse(const raw_value& raw, E& value) const {
    std::string names;
    for (const auto& [name, meaning] : choices) {
      if (raw.type == raw_kind::text && raw.text == name) {
        value = meaning;
        return {};
      }
      names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", name);
    }
    if (raw.type != raw_kind::text) return expected("one of " + names, raw);
    return fmt::format("expected one of {}, got {}", names, in_quotes(raw.text));
  }
  std::string show(E value) const {
    for (const auto& [name, meaning] : choices)
      if (meaning == value) return toml_string(name);
    return {};
  }
};

struct list {
  static constexpr auto type = value_type::list;
  std::size_t most = 256;

  std::string parse(const raw_value& raw, std::vector<std::string>& value) const {
    std::vector<std::string> parsed;
    if (raw.type == raw_kind::text) parsed.push_back(raw.text);
    if (raw.type != raw_kind::text && raw.type != raw_kind::list) return expected("a list of texts", raw);
    for (const auto& item : raw.items) {
      parsed.emplace_back();
      if (const auto why = text{}.parse(item, parsed.back()); !why.empty())
        return fmt::format("item {}: {}", parsed.size(), why);
    }
    if (parsed.size() > most) return fmt::format("has more than {} items", most);
    for (std::size_t i = 0; i < parsed.size(); ++i) {
      if (parsed[i].empty()) return fmt::format("item {}: is empty", i + 1);
      if (std::count(parsed.begin(), parsed.begin() + static_cast<std::ptrdiff_t>(i), parsed[i]) != 0)
        return fmt::format("item {}: is there twice", i + 1);
    }
    value = std::move(parsed);
    return {};
  }
  std::string show(const std::vector<std::string>& value) const {
    std::string out;
    for (const auto& item : value) out += fmt::format("{}{}", out.empty() ? "" : ", ", toml_string(item));
    return fmt::format("[{}]", out);
  }
};

struct keys {
  static constexpr auto type = value_type::keys;

  std::string parse(const raw_value& raw, std::vector<api_key>& value) const;
  std::string show(const std::vector<api_key>& value) const;
};

}  // namespace encke::gateway::codec
