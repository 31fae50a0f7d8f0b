// SPDX-License-Identifier: MIT
// The sample file, made from the table of settings.
#include <fmt/format.h>

#include "gateway/settings/rows.hpp"

namespace encke::gateway {
namespace {

constexpr std::size_t width = 100;

// `text` as comment lines that fit the width.
std::string comment(std::string_view text) {
  std::string out, line = "#";
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (line.size() + 1 + end > width) {
      out += line + "\n";
      line = "#";
    }
    line.append(1, ' ').append(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out + line + "\n";
}

}  // namespace

std::string sample_config() {
  const config defaults;
  std::string out = comment("Settings of encke, each with its default. Keep only what you change.");
  out += comment(
      "Every setting can also be given as a variable, ENCKE_SERVER_LISTEN for listen in [server], and as a flag, "
      "--server-listen; a flag wins over a variable and a variable over this file. `encke check-config` finds "
      "mistakes.");
  out += comment("Durations are \"500ms\", \"10s\", \"5m\" or \"1h\", sizes \"64KiB\", \"1MB\" or a number of bytes.");
  for (const auto& table : all_tables()) {
    out += "\n" + comment(table.help) + fmt::format("[{}]\n", table.name);
    for (const auto& s : all_settings()) {
      if (s.table != table.name) continue;
      out += comment(s.help) + fmt::format("{} = {}\n", s.key, s.show(defaults));
    }
  }
  return out;
}

}  // namespace encke::gateway
