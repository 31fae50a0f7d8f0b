// SPDX-License-Identifier: MIT
// Metrics: GET /metrics for Prometheus, on internal listeners. The same figures as the debug pages, as gauges and
// counters; the text is made by prometheus-cpp. Added by `add_debug`.
#pragma once

#include <span>

#include "gateway/api/routes.hpp"

namespace encke::gateway {

[[nodiscard]] std::span<const api_route> metrics_routes();

}  // namespace encke::gateway
