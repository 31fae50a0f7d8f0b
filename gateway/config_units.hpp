// SPDX-License-Identifier: MIT
// Texts of settings to values and back: durations, sizes, listen addresses; and the nearest known name of a misspelt
// one. Used by the settings and the command line. Parsers leave `why` as it is on success, and set it to the end of a
// sentence that starts with the setting's name on failure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gateway/config.hpp"

namespace encke::gateway {

/// "500ms", "10s", "5m", "1h": a whole number and its unit.
[[nodiscard]] std::optional<milliseconds> parse_duration(std::string_view text, std::string& why);
/// With the largest unit that leaves a whole number.
[[nodiscard]] std::string format_duration(milliseconds);

/// "64KiB", "1MB", "1000000": K, M and G are powers of 1000, Ki, Mi and Gi of 1024; upper and lower case are the same.
[[nodiscard]] std::optional<std::size_t> parse_size(std::string_view text, std::string& why);
[[nodiscard]] std::string format_size(std::size_t);

/// "127.0.0.1:8080", "[::1]:8080", "localhost:8080"; "" is off. Names other than localhost are refused.
[[nodiscard]] std::optional<listen_address> parse_address(std::string_view text, std::string& why);
[[nodiscard]] std::string format_address(const listen_address&);
[[nodiscard]] bool is_loopback(const listen_address&);

/// The value in quotes for a message: control characters escaped, at most 40 bytes of it.
[[nodiscard]] std::string in_quotes(std::string_view value);
/// The value as a TOML string.
[[nodiscard]] std::string toml_string(std::string_view value);

/// The candidate a person most likely meant; empty if none is near. A candidate of which `name` is the last part
/// ("secret" of "auth.secret") is near.
[[nodiscard]] std::string_view nearest(std::string_view name, std::span<const std::string> candidates);
/// ", did you mean `x`?", or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

}  // namespace encke::gateway
