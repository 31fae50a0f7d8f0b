// SPDX-License-Identifier: MIT
// Reads the sources in their order (development defaults, file, environment, flags), remembers where each setting came
// from, then has the whole checked. Faults are collected, never thrown; none repeats a secret.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "gateway/process/files.hpp"
#include "gateway/process/state_dir.hpp"
#include "gateway/settings/check.hpp"
#include "gateway/settings/rows.hpp"
#include "gateway/settings/toml.hpp"
#include "gateway/text/nearest.hpp"
#include "gateway/text/quotes.hpp"

namespace encke::gateway {
namespace {

constexpr std::size_t most_file = 1024 * 1024;

// Variables that are not settings: the command line reads the first two, the others belong to somebody else.
constexpr std::string_view other_variables[] = {"ENCKE_CONFIG", "ENCKE_STATE_DIR", "ENCKE_GATEWAY", "ENCKE_REFERENCE",
                                                "ENCKE_API_KEY"};
constexpr std::string_view other_prefixes[] = {"ENCKE_E2E_"};

constexpr std::string_view transports[] = {"TCP", "UDP", "SCTP"};

// "9090_TCP_ADDR", what follows PORT_.
bool is_port_of_service(std::string_view text) {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0 || digits == text.size() || text[digits] != '_') return false;
  text.remove_prefix(digits + 1);
  return std::ranges::any_of(transports, [text](std::string_view transport) {
    if (!text.starts_with(transport)) return false;
    const auto rest = text.substr(transport.size());
    return rest.empty() || rest == "_PROTO" || rest == "_PORT" || rest == "_ADDR";
  });
}

// What Kubernetes puts into every container for a Service named encke or encke-x: {PREFIX}_SERVICE_HOST,
// _SERVICE_PORT, _SERVICE_PORT_{NAME}, _PORT=tcp://..., _PORT_{N}_TCP and _PORT_{N}_TCP_{PROTO,PORT,ADDR}.
bool is_of_a_service(std::string_view name, std::string_view value) {
  if (name.ends_with("_SERVICE_HOST") || name.ends_with("_SERVICE_PORT")) return true;
  if (name.find("_SERVICE_PORT_") != std::string_view::npos) return true;
  for (auto at = name.find("_PORT_"); at != std::string_view::npos; at = name.find("_PORT_", at + 1))
    if (is_port_of_service(name.substr(at + 6))) return true;
  return value.starts_with("tcp://") || value.starts_with("udp://") || value.starts_with("sctp://");
}

raw_value untyped(std::string text) {
  raw_value raw;
  raw.typed = false;
  raw.text = std::move(text);
  return raw;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// "a, b" or a TOML array, for values with a comma in them. Nothing if the array is not one.
std::optional<std::vector<raw_value>> split_list(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return std::vector<raw_value>{};
  if (text.starts_with('[')) return read_toml_array(text);
  std::vector<raw_value> items;
  while (true) {
    const auto comma = text.find(',');
    items.push_back(untyped(std::string{trimmed(text.substr(0, comma))}));
    if (comma == std::string_view::npos) return items;
    text.remove_prefix(comma + 1);
  }
}

class loader {
 public:
  explicit loader(const config_sources& sources) : sources_{sources} {}

  loaded_config run(check_scope scope) {
    if (sources_.dev) start_from_dev_defaults();
    const bool readable = read_file();
    read_environment();
    read_flags();
    find_outdone();
    if (readable) check(scope);  // otherwise what is missing might be in there
    std::ranges::stable_sort(loaded_.faults, {},
                             [](const settings_fault& f) { return f.line != 0 ? f.line : SIZE_MAX; });
    return std::move(loaded_);
  }

 private:
  /// Where a setting was given last; nowhere when it has its default.
  struct origin {
    std::string where;
    std::size_t line = 0;  // of the file; 0 for a variable or a flag
  };

  void start_from_dev_defaults() {
    auto& c = loaded_.settings;
    c.dev = true;
    c.server.listen.host = "127.0.0.1";
    c.debug.enabled = true;
  }

  void find_outdone() {
    for (const auto& [setting, value] : in_file_)
      if (const auto& last = origins_[setting->name()]; last.line == 0 && setting->show(loaded_.settings) != value)
        loaded_.outdone.push_back({setting->name(), last.where});
  }

  void check(check_scope scope) {
    if (sources_.dev) take_dev_secret();
    check_report report;
    report.refuse = [this](std::string_view name, std::string message) {
      if (!broken_.contains(name)) add_fault(name, std::move(message));
    };
    report.warn = [this](std::string_view name, std::string message) {
      loaded_.settings.warnings.push_back(to_string(about(name, std::move(message))));
    };
    report.is_given = [this](std::string_view name) { return origins_.contains(name); };
    check_settings(loaded_.settings, scope, report);
    warn_of_secrets_in_file();
  }

  void warn_of_secrets_in_file() {
    if (sources_.file_text) return;
    for (const auto& [name, from] : origins_) {
      if (from.line == 0 || (name != "auth.secret" && name != "auth.secrets")) continue;
      if (const auto open = why_not_private(sources_.file); !open.empty())
        loaded_.settings.warnings.push_back(fmt::format("{}: has a secret, and {}", sources_.file, open));
      return;
    }
  }

  void take_dev_secret() {
    auto& auth = loaded_.settings.auth;
    if (!auth.enabled || !auth.secret.empty() || !auth.secret_file.empty() || !auth.secrets.empty()) return;
    for (const std::string_view name : {"auth.secret", "auth.secret_file", "auth.secrets"})
      if (broken_.contains(name)) return;
    try {
      const auto& given = sources_.state_dir;
      auth.secret = state_dir::dev_secret(given.empty() ? state_dir::default_path(sources_.environment) : given);
    } catch (const std::runtime_error& error) {
      loaded_.faults.push_back({.where = {}, .message = error.what()});
      broken_.emplace("auth.secret");
    }
  }

  [[nodiscard]] settings_fault about(std::string_view name, std::string message) const {
    const auto found = origins_.find(name);
    const auto& from = found == origins_.end() ? origin{} : found->second;
    const bool is_named = !from.where.empty() && from.line == 0;  // a variable and a flag name their setting
    if (!is_named) message = fmt::format("{}: {}", name, message);
    return {from.where, std::move(message), from.line};
  }

  void add_fault(std::string_view name, std::string message) {
    loaded_.faults.push_back(about(name, std::move(message)));
  }

  void set(const setting& s, const raw_value& raw, origin from) {
    const auto name = s.name();
    const bool is_in_file = from.line != 0;
    origins_[name] = std::move(from);
    broken_.erase(name);
    auto why = s.set(loaded_.settings, raw);
    if (why.empty() && is_in_file && s.is_reloaded()) in_file_.emplace_back(&s, s.show(loaded_.settings));
    if (why.empty()) return;
    add_fault(name, std::move(why));
    broken_.insert(name);
  }

  void set_untyped(const setting& s, std::span<const std::string> values, const std::string& where) {
    if (!s.is_list()) return set(s, untyped(values.back()), {where});
    raw_value list = untyped({});
    list.type = raw_value::kind::list;
    for (const auto& value : values) {
      auto items = split_list(value);
      if (!items) {
        loaded_.faults.push_back({.where = where, .message = R"(expected a list: a,b or ["a", "b"])"});
        broken_.insert(s.name());
        return;
      }
      std::move(items->begin(), items->end(), std::back_inserter(list.items));
    }
    set(s, list, {where});
  }

  std::optional<std::string> text_of_file() {
    if (sources_.file_text) return sources_.file_text;
    std::string why;
    auto text = gateway::read_file(sources_.file, most_file, why);
    if (!text) loaded_.faults.push_back({.where = sources_.file, .message = std::move(why)});
    return text;
  }

  /// False if there is a file and it cannot be used.
  bool read_file() {
    if (sources_.file.empty() && !sources_.file_text) return true;
    const auto text = text_of_file();
    if (!text) return false;
    const auto document = read_toml(*text);
    for (const auto& entry : document.entries) read_table(entry);
    if (document.error_line != 0) add_fault_at(document.error_line, document.error);
    return document.error_line == 0;
  }

  [[nodiscard]] std::string at(std::size_t line) const { return fmt::format("{}:{}", sources_.file, line); }

  void add_fault_at(std::size_t line, std::string message) {
    loaded_.faults.push_back({at(line), std::move(message), line});
  }

  void read_table(const toml_entry& entry) {
    std::vector<std::string> tables, names;
    for (const auto& table : all_tables()) tables.emplace_back(table.name);
    for (const auto& s : all_settings()) names.push_back(s.name());
    const auto& key = entry.key;
    const bool is_table = entry.value.type == raw_value::kind::table;
    if (std::ranges::find(tables, key) == tables.end())
      return add_fault_at(entry.line, fmt::format("unknown {} `{}`{}", is_table ? "table" : "setting", printable(key),
                                                  did_you_mean(key, is_table ? tables : names)));
    if (!is_table)
      return add_fault_at(entry.line, fmt::format("`{}` is a table: write [{}] and its settings below", key, key));
    for (const auto& inner : entry.inside) read_setting(key, inner, names);
  }

  void read_setting(const std::string& table, const toml_entry& entry, std::span<const std::string> names) {
    if (const auto* known = find_setting(table, entry.key))
      return set(*known, entry.value, {at(entry.line), entry.line});
    std::vector<std::string> siblings;
    for (const auto& s : all_settings())
      if (s.table == table) siblings.emplace_back(s.key);
    auto hint = did_you_mean(entry.key, siblings);
    if (hint.empty()) hint = did_you_mean(entry.key, names);
    add_fault_at(entry.line, fmt::format("unknown setting `{}.{}`{}", table, printable(entry.key), hint));
  }

  // A key may be quoted and hold anything; a fault is one line.
  static std::string printable(std::string_view key) {
    const auto text = in_quotes(key);
    return text.substr(1, text.size() - 2);
  }

  void read_environment() {
    std::vector<std::string> names;
    for (const auto& s : all_settings()) names.push_back(s.variable());
    std::vector<std::string> of_services;
    for (const auto& [name, value] : sources_.environment) {
      if (!name.starts_with("ENCKE_") || is_other(name)) continue;
      const auto found = std::ranges::find(names, name);
      if (found == names.end() && is_of_a_service(name, value)) {
        of_services.push_back(printable(name));
        continue;
      }
      if (found == names.end()) {
        loaded_.faults.push_back({.where = printable(name), .message = "unknown variable" + did_you_mean(name, names)});
        continue;
      }
      const auto& s = all_settings()[static_cast<std::size_t>(found - names.begin())];
      set_untyped(s, std::span{&value, 1}, name);
    }
    if (!of_services.empty()) warn_of_services(of_services);
  }

  void warn_of_services(const std::vector<std::string>& names) {
    loaded_.settings.warnings.push_back(
        fmt::format("{}{}: not settings but what Kubernetes makes of a Service, ignored (`enableServiceLinks: false` "
                    "leaves them out)",
                    names.front(), names.size() == 1 ? "" : fmt::format(" and {} more", names.size() - 1)));
  }

  static bool is_other(std::string_view name) {
    return std::ranges::find(other_variables, name) != std::end(other_variables) ||
           std::ranges::any_of(other_prefixes, [&](std::string_view prefix) { return name.starts_with(prefix); });
  }

  void read_flags() {
    std::vector<std::string> names;
    for (const auto& s : all_settings()) names.push_back(s.flag());
    for (const auto& [name, values] : sources_.flags) {
      const auto found = std::ranges::find(names, name);
      if (found == names.end()) {
        loaded_.faults.push_back({.where = printable(name), .message = "unknown flag" + did_you_mean(name, names)});
        continue;
      }
      const auto& s = all_settings()[static_cast<std::size_t>(found - names.begin())];
      if (values.size() > 1 && !s.is_list())
        loaded_.faults.push_back({.where = name, .message = "is given more than once"});
      else if (!values.empty())
        set_untyped(s, values, name);
    }
  }

  const config_sources& sources_;
  loaded_config loaded_;
  std::map<std::string, origin, std::less<>> origins_;
  std::vector<std::pair<const setting*, std::string>> in_file_;  // values that a reload takes over
  std::set<std::string, std::less<>> broken_;
};

}  // namespace

std::string to_string(const settings_fault& f) {
  return f.where.empty() ? f.message : fmt::format("{}: {}", f.where, f.message);
}

loaded_config load_config(const config_sources& sources, check_scope scope) {
  return loader{sources}.run(scope);
}

}  // namespace encke::gateway
