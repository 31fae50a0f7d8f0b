// SPDX-License-Identifier: MIT
// Text for a terminal: names that clients chose made harmless, the cells that a text takes, figures for people.
// Pure; used by `render`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace encke::gateway {

/// The text without anything a terminal could act on: control characters, direction marks and broken UTF-8 become '?';
/// without `unicode` everything but ASCII does.
[[nodiscard]] std::string harmless(std::string_view text, bool unicode);

/// How many cells a harmless text takes.
[[nodiscard]] std::size_t cells(std::string_view text);

/// Exactly so many cells: cut at the end, or filled with spaces behind it, or before it if it is to stand at the right.
[[nodiscard]] std::string fit(std::string_view text, std::size_t width, bool right = false);

/// "4.22 MiB"; three digits.
[[nodiscard]] std::string show_bytes(double bytes);
/// "+1.20 KiB", "-3 B", "0".
[[nodiscard]] std::string show_change(double bytes);
/// "5,021".
[[nodiscard]] std::string show_count(std::int64_t count);
/// "950", "1.25 k", "41.0 k", "3.10 M".
[[nodiscard]] std::string show_rate(double per_second);
/// "98.3 %".
[[nodiscard]] std::string show_percent(double ratio);
/// "3 h 12 min".
[[nodiscard]] std::string show_uptime(double seconds);
/// "850 ms", "9.5 s", "3 min 5 s".
[[nodiscard]] std::string show_wait(std::int64_t milliseconds);

}  // namespace encke::gateway
