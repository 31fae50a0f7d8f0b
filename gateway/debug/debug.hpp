// SPDX-License-Identifier: MIT
// Debug pages under /debug/ on internal listeners: memory, ledger, counters, sessions, rooms, as JSON, and an index for
// people. Added by `serve`. The same keys as for the HTTP API open them.
#pragma once

#include <encke/server.hpp>
#include <vector>

#include "gateway/api/api.hpp"

namespace encke::gateway {

/// Registers the pages. Server and presence outlive them. Before `run`.
void add_debug(encke::server&, api_options, const presence&);

/// All that `add_debug` registers.
[[nodiscard]] std::vector<api_operation> debug_operations();

}  // namespace encke::gateway
