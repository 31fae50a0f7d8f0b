// SPDX-License-Identifier: MIT
// Moments as text: in logs, in answers of the API, on the debug pages.
#pragma once

#include <chrono>
#include <string>

namespace encke::gateway {

/// RFC 3339, UTC, with milliseconds: "2024-02-29T23:59:59.999Z".
[[nodiscard]] std::string timestamp(std::chrono::system_clock::time_point);

}  // namespace encke::gateway
