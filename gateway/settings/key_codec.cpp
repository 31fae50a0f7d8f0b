// SPDX-License-Identifier: MIT
// How the list of API keys is read and shown.
#include <algorithm>
#include <cctype>
#include <set>

#include "gateway/settings/codecs.hpp"
#include "gateway/text/nearest.hpp"
#include "gateway/text/quotes.hpp"

namespace encke::gateway {
namespace {

bool is_key_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 &&
         std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-' || c == '.'; });
}

// "name:sha256:hex" or {name, hash}. Says what is wrong without repeating anything: it may be a key by mistake.
std::string parse_entry(const raw_value& item, api_key& key) {
  std::string name, hash;
  if (item.type == raw_value::kind::text) {
    const auto colon = item.text.find(':');
    if (colon == std::string::npos) return R"(expected "name:sha256:<64 hex digits>")";
    name = item.text.substr(0, colon);
    hash = item.text.substr(colon + 1);
  } else if (item.type == raw_value::kind::table) {
    const std::vector<std::string> known{"name", "hash"};
    for (const auto& [entry, value] : item.entries) {
      if (entry != "name" && entry != "hash")
        return fmt::format("unknown key {}{}", in_quotes(entry), did_you_mean(entry, known));
      if (value.type != raw_value::kind::text) return fmt::format("`{}` must be a text in quotes", entry);
      (entry == "name" ? name : hash) = value.text;
    }
  } else {
    return R"(expected {name = "...", hash = "sha256:..."} or "name:sha256:<64 hex digits>")";
  }
  if (!is_key_name(name)) return "the name must be 1 to 64 letters, digits, '-', '_' or '.'";
  const auto parsed = parse_key_hash(hash);
  if (!parsed) return R"(the hash must be "sha256:" and 64 hex digits, as `encke hash-key` prints it)";
  key = {std::move(name), *parsed};
  return {};
}

}  // namespace

std::string codec::keys::parse(const raw_value& raw, std::vector<api_key>& value) const {
  std::vector<api_key> parsed;
  std::set<std::string, std::less<>> names;
  if (raw.type != raw_kind::list && raw.type != raw_kind::text) return expected("a list of keys", raw);
  const auto single = raw.type == raw_kind::text ? std::vector{raw} : raw.items;
  if (single.size() > 256) return "has more than 256 items";
  for (const auto& item : single) {
    parsed.emplace_back();
    if (const auto why = parse_entry(item, parsed.back()); !why.empty())
      return fmt::format("item {}: {}", parsed.size(), why);
    if (!names.insert(parsed.back().name).second)
      return fmt::format("item {}: the name `{}` is there twice", parsed.size(), parsed.back().name);
  }
  value = std::move(parsed);
  return {};
}

std::string codec::keys::show(const std::vector<api_key>& value) const {
  std::string out;
  for (const auto& key : value)
    out += fmt::format("{}{{name = {}, hash = {}}}", out.empty() ? "" : ", ", toml_string(key.name),
                       toml_string(format_key_hash(key.hash)));
  return fmt::format("[{}]", out);
}

}  // namespace encke::gateway
