// SPDX-License-Identifier: MIT
#include "gateway/settings/slow.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "gateway/settings/codecs.hpp"
#include "gateway/text/nearest.hpp"
#include "gateway/text/quotes.hpp"

namespace encke::gateway::codec {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_rules = 250;
constexpr std::size_t most_bytes = std::size_t{1} << 30;
constexpr size bytes_codec{1, most_bytes};
constexpr number<std::size_t> messages_codec{1, 1'000'000};
constexpr duration age_codec{10ms, 24h};

std::string parse_entry(std::string_view name, const raw_value& raw, slow_rule& rule) {
  const text short_text{512};
  if (name == "namespace") return short_text.parse(raw, rule.nsp);
  if (name == "event") return short_text.parse(raw, rule.event);
  if (name == "room") return short_text.parse(raw, rule.room);
  if (name == "policy") return choice<overflow>{all_overflows}.parse(raw, rule.policy);
  if (name == "key") return short_text.parse(raw, rule.key);
  if (name == "bytes") return bytes_codec.parse(raw, rule.bytes);
  if (name == "messages") return messages_codec.parse(raw, rule.messages);
  if (name == "age") return age_codec.parse(raw, rule.age);
  const std::array<std::string, 8> known{"namespace", "event", "room", "policy", "key", "bytes", "messages", "age"};
  return "is unknown" + did_you_mean(name, known);
}

std::string parse_rule(const raw_value& raw, slow_rule& rule) {
  if (raw.type != raw_kind::table) return expected("a table", raw);
  bool has_policy = false;
  for (const auto& [name, value] : raw.entries) {
    has_policy = has_policy || name == "policy";
    if (const auto why = parse_entry(name, value, rule); !why.empty()) return fmt::format("`{}`: {}", name, why);
  }
  if (!has_policy) return "has no `policy`";
  if (!rule.key.empty() && rule.policy != overflow::latest) return "`key`: only \"latest\" has one";
  return {};
}

}  // namespace

std::string slow_rules::parse(const raw_value& raw, std::vector<slow_rule>& value) const {
  std::vector<slow_rule> parsed;
  if (raw.type != raw_kind::list) return expected("a list of tables", raw);
  if (raw.items.size() > most_rules) return fmt::format("has more than {} items", most_rules);
  for (const auto& item : raw.items) {
    if (const auto why = parse_rule(item, parsed.emplace_back()); !why.empty())
      return fmt::format("item {}: {}", parsed.size(), why);
  }
  value = std::move(parsed);
  return {};
}

std::string slow_rules::show(const std::vector<slow_rule>& value) const {
  std::string out;
  for (const auto& rule : value) {
    std::string inner;
    const auto add = [&inner](std::string_view name, const std::string& shown) {
      inner += fmt::format("{}{} = {}", inner.empty() ? "" : ", ", name, shown);
    };
    if (rule.nsp != "*") add("namespace", toml_string(rule.nsp));
    if (rule.event != "*") add("event", toml_string(rule.event));
    if (rule.room != "*") add("room", toml_string(rule.room));
    add("policy", choice<overflow>{all_overflows}.show(rule.policy));
    if (!rule.key.empty()) add("key", toml_string(rule.key));
    if (rule.bytes != 0) add("bytes", bytes_codec.show(rule.bytes));
    if (rule.messages != 0) add("messages", messages_codec.show(rule.messages));
    if (rule.age != 0ms) add("age", age_codec.show(rule.age));
    out += fmt::format("{}{{{}}}", out.empty() ? "" : ", ", inner);
  }
  return fmt::format("[{}]", out);
}

std::string share_or_size::parse(const raw_value& raw, memory_bound& value) const {
  if (raw.type == raw_kind::text && raw.text.ends_with('%')) {
    unsigned percent = 0;
    const auto* const end = raw.text.data() + raw.text.size() - 1;
    const auto [stop, error] = std::from_chars(raw.text.data(), end, percent);
    if (stop != end || error != std::errc{} || percent < 1 || percent > 100)
      return fmt::format("expected 1% to 100%, got {}", in_quotes(raw.text));
    value = {.bytes = 0, .percent = percent};
    return {};
  }
  if (raw.type != raw_kind::text && raw.type != raw_kind::integer)
    return expected(R"(a size such as "512MiB", or "80%")", raw);
  std::string why;
  const auto bytes = parse_size(raw.text, why);
  if (!bytes) return why;
  if (*bytes != 0 && (*bytes < least || *bytes > most))
    return fmt::format("must be 0, or between {} and {}, not {}", format_size(least), format_size(most),
                       format_size(*bytes));
  value = {.bytes = *bytes, .percent = 0};
  return {};
}

std::string share_or_size::show(const memory_bound& value) const {
  return toml_string(value.percent != 0 ? fmt::format("{}%", value.percent) : format_size(value.bytes));
}

}  // namespace encke::gateway::codec
