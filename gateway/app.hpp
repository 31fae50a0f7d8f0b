// SPDX-License-Identifier: MIT
// The gateway itself: from checked settings to a running server and back.
// Called by `run_cli` for `encke serve`, once the settings have no fault.
#pragma once

#include "gateway/settings/config.hpp"

namespace encke::gateway {

/// Runs until SIGINT or SIGTERM and gives the exit code. SIGHUP loads the sources again and swaps what may change.
int serve(const config&, const config_sources&);

}  // namespace encke::gateway
