// SPDX-License-Identifier: MIT
// What this program is.
#pragma once

#include <string_view>

namespace encke::gateway {

inline constexpr std::string_view version = "0.1.0";

}  // namespace encke::gateway
