// SPDX-License-Identifier: MIT
// The table of settings: one row each, with name, type, range and help.
// The file, the environment, the flags, the sample file and --help are all driven by it: a new setting is a new row in
// rows.cpp (and its member in config.hpp).
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/settings/config.hpp"

namespace encke::gateway {

/// A value as it was written. From the environment or a flag it is `text`, or a `list` of texts, and not `typed`:
/// then "5" is as good as 5.
struct raw_value {
  enum class kind { text, integer, boolean, list, table, other };

  kind type = kind::text;
  bool typed = true;
  std::string text;  // text, integer and boolean
  std::vector<raw_value> items;
  std::vector<std::pair<std::string, raw_value>> entries;  // of a table
};

enum class value_type { text, number, boolean, duration, size, address, choice, list, keys, rules };

struct setting {
  std::string_view table, key;
  value_type type;
  /// Puts the value into the settings; otherwise what is wrong with it, without the setting's name.
  std::function<std::string(config&, const raw_value&)> set;
  /// The value as TOML.
  std::function<std::string(const config&)> show;
  std::string_view help;
  bool is_secret = false;       // never shown: not in faults, not in logs
  std::string_view alias = {};  // a short flag: "--listen"

  [[nodiscard]] bool is_list() const { return type >= value_type::list; }
  /// SIGHUP takes the new value over; any other waits for a restart.
  [[nodiscard]] bool is_reloaded() const;
  /// "engine.ping_interval"
  [[nodiscard]] std::string name() const;
  /// "ENCKE_ENGINE_PING_INTERVAL"
  [[nodiscard]] std::string variable() const;
  /// "--engine-ping-interval"
  [[nodiscard]] std::string flag() const;
};

struct settings_table {
  std::string_view name, help;
};

/// All settings, those of one table next to each other.
[[nodiscard]] std::span<const setting> all_settings();
[[nodiscard]] std::span<const settings_table> all_tables();

[[nodiscard]] const setting* find_setting(std::string_view table, std::string_view key);

/// What --help calls the type: "DURATION".
[[nodiscard]] std::string_view placeholder_of(value_type);

}  // namespace encke::gateway
