// SPDX-License-Identifier: MIT
// Durations and sizes as people write them, to values and back. Parsers leave `why` as it is on success, and set it to
// the end of a sentence that starts with the name of what was to be read on failure.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace encke::gateway {

/// "500ms", "10s", "5m", "1h": a whole number and its unit.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text, std::string& why);
/// With the largest unit that leaves a whole number.
[[nodiscard]] std::string format_duration(std::chrono::milliseconds);

/// "64KiB", "1MB", "1000000": K, M and G are powers of 1000, Ki, Mi and Gi of 1024; upper and lower case are the same.
[[nodiscard]] std::optional<std::size_t> parse_size(std::string_view text, std::string& why);
[[nodiscard]] std::string format_size(std::size_t);

}  // namespace encke::gateway
