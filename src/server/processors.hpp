// SPDX-License-Identifier: MIT
// How many processors this process may keep busy: what its affinity mask has, and no more than the quota of its control
// groups allows. Used by settings_of.
#pragma once

#include <filesystem>
#include <string_view>

namespace encke {

struct processors {
  unsigned count = 1;          ///< at least 1
  std::string_view because{};  ///< what decides, for people
};

/// `in_mask`: processors in the affinity mask. `root`: where /proc and /sys are.
[[nodiscard]] processors count_processors(unsigned in_mask, const std::filesystem::path& root);

/// Those of the calling thread.
[[nodiscard]] processors usable_processors();

}  // namespace encke
