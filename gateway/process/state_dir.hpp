// SPDX-License-Identifier: MIT
// The state directory of a developer's machine: holds the secret that `encke serve --dev` signs and checks tokens with.
// Used while settings are loaded. Files are readable by their owner only; one that others can read is refused.
#pragma once

#include <filesystem>
#include <string>

#include "gateway/process/environment.hpp"

namespace encke::gateway::state_dir {

/// $XDG_CONFIG_HOME/encke, or $HOME/.config/encke; empty when neither is set.
[[nodiscard]] std::filesystem::path default_path(const environment&);

/// The development secret, 64 hex digits; made on the first call. Two first calls at once agree on one secret.
/// Throws std::runtime_error with a sentence for the user when it cannot be made, read or trusted.
[[nodiscard]] std::string dev_secret(const std::filesystem::path& directory);

}  // namespace encke::gateway::state_dir
