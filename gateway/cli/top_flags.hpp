// SPDX-License-Identifier: MIT
// The flags of `encke top`. Its defaults come from the environment that the gateway itself reads. Used by `cli`.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "gateway/settings/config.hpp"
#include "gateway/top/top.hpp"

namespace encke::gateway {

/// Must stay where it is until the command line is parsed.
class top_command {
 public:
  explicit top_command(CLI::App& app);
  top_command(const top_command&) = delete;
  top_command& operator=(const top_command&) = delete;

  [[nodiscard]] const CLI::App& command() const { return *command_; }
  /// What was given, after parsing. A key of "-" is to be read from standard input.
  [[nodiscard]] top_options options(const environment&, std::vector<settings_fault>&) const;

 private:
  CLI::App* command_;
  std::string api_, key_, interval_ = "1s", sort_ = "bytes";
  bool once_ = false;
};

}  // namespace encke::gateway
