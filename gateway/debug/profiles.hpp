// SPDX-License-Identifier: MIT
// Profiles under /debug/pprof/ on internal listeners, for jeprof and pprof. Added by `add_debug`.
#pragma once

#include <span>

#include "gateway/api/routes.hpp"

namespace encke::gateway {

[[nodiscard]] std::span<const api_route> profile_routes();

}  // namespace encke::gateway
