// SPDX-License-Identifier: MIT
// The variables that a process was started with, as plain values, so that tests and reloads have their own.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace encke::gateway {

using environment = std::vector<std::pair<std::string, std::string>>;

/// The environment of this process.
[[nodiscard]] environment process_environment();

/// The value of a variable; "" if it is not set.
[[nodiscard]] std::string value_of(const environment&, std::string_view name);

}  // namespace encke::gateway
