// SPDX-License-Identifier: MIT
// The control group of this process: where the kernel keeps what a container or a service may use.
#pragma once

#include <encke/export.hpp>
#include <filesystem>
#include <string_view>
#include <vector>

namespace encke {

/// Folders with the files of one controller, e.g. `cpu.max`, `memory.limit_in_bytes`.
struct control_group {
  unsigned version = 0;                        ///< 1 or 2; 0: this process is in none that can be seen
  std::vector<std::filesystem::path> folders;  ///< its own, then those around it: the limits of each hold
};

/// The group that a controller ("cpu", "memory") has this process in, by /proc and /sys below `root`. Reads files; any
/// thread. Source: cgroups(7), proc(5).
[[nodiscard]] ENCKE_API control_group control_group_of(std::string_view controller,
                                                       const std::filesystem::path& root = "/");

}  // namespace encke
