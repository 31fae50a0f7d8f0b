// SPDX-License-Identifier: MIT
// The settings file as plain values with line numbers; toml++ stays behind this header.
// `load_config` reads the file and the lists of the environment through it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/settings/rows.hpp"

namespace encke::gateway {

/// A key with its value. Of a top-level table, `inside` holds the keys.
struct toml_entry {
  std::string key;
  std::size_t line = 0;
  raw_value value;
  std::vector<toml_entry> inside;
};

/// The entries in the order of the alphabet, or where and why the text is not TOML.
struct toml_document {
  std::vector<toml_entry> entries;
  std::size_t error_line = 0;  // 0: no error
  std::string error;           // never repeats a value
};

[[nodiscard]] toml_document read_toml(std::string_view text);

/// The items of "[...]"; nothing if that is not one TOML array.
[[nodiscard]] std::optional<std::vector<raw_value>> read_toml_array(std::string_view text);

}  // namespace encke::gateway
