// SPDX-License-Identifier: MIT
// The flags of settings on a CLI11 command, and what was given of them. Only the command line uses this.
// CLI11 keeps texts; types and ranges are the business of the settings, so all faults come out together.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "gateway/settings/config.hpp"
#include "gateway/settings/rows.hpp"

namespace encke::gateway {

/// Makes and reads the flags of one command. Must stay where it is until the command line is parsed.
class settings_flags {
 public:
  /// Adds --config, --state-dir, --dev and a flag for each setting; with `--help-all`, help shows every one.
  settings_flags(CLI::App& command, const std::function<bool(const setting&)>& matters);
  settings_flags(const settings_flags&) = delete;
  settings_flags& operator=(const settings_flags&) = delete;

  /// What was given, after parsing. "--config -" reads `in`.
  [[nodiscard]] config_sources sources(const environment&, std::istream& in) const;

  /// To be called before help is printed: without `--help-all`, it shows the settings that matter to the command alone.
  void prepare_help() const;

 private:
  std::string config_, state_dir_;
  bool dev_ = false, wants_all_ = false;
  std::map<std::string, CLI::Option*> options_;
  std::vector<CLI::Option*> minor_;
};

/// What CLI11 could not place, as faults; none repeats a value.
[[nodiscard]] std::vector<settings_fault> unknown_arguments(const CLI::App& command);

}  // namespace encke::gateway
