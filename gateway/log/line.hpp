// SPDX-License-Identifier: MIT
// A record of the log as a line of text or of JSON. Names and values that come from clients are escaped, so a line is
// always one record and reads from left to right. Pure; used by log.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/settings/config.hpp"

namespace encke::gateway {

using log_field = std::pair<std::string_view, std::string_view>;

/// One record as a line, newline included. Time is UTC, with milliseconds.
[[nodiscard]] std::string format_record(log_format, std::chrono::system_clock::time_point, log_level,
                                        std::string_view message, std::span<const log_field>);

/// The name used in settings and records: "warn".
[[nodiscard]] std::string_view name_of(log_level) noexcept;

}  // namespace encke::gateway
