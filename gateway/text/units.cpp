// SPDX-License-Identifier: MIT
// Durations and sizes as people write them in settings.
#include "gateway/text/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <limits>

#include "gateway/text/quotes.hpp"

namespace encke::gateway {
namespace {

struct unit {
  std::string_view name;
  std::uint64_t factor;
};

// Largest first, as formatting tries them in this order.
constexpr unit duration_units[] = {{"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}};
constexpr unit size_units[] = {{"GiB", 1ULL << 30},
                               {"GB", 1'000'000'000},
                               {"MiB", 1ULL << 20},
                               {"MB", 1'000'000},
                               {"KiB", 1024},
                               {"KB", 1000},
                               {"B", 1}};

constexpr std::string_view duration_help = R"(expected a duration such as "500ms", "10s", "5m" or "1h")";
constexpr std::string_view size_help = R"(expected a size such as "64KiB", "1MB" or a number of bytes)";

bool same_letters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

struct number_and_unit {
  std::uint64_t number = 0;
  std::string_view unit;
  bool too_large = false;
};

std::optional<number_and_unit> split(std::string_view text) {
  number_and_unit parts;
  if (text.empty() || !std::isdigit(static_cast<unsigned char>(text[0]))) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parts.number);
  parts.too_large = error == std::errc::result_out_of_range;
  parts.unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (parts.unit.starts_with(' ')) parts.unit.remove_prefix(1);
  return parts;
}

std::optional<std::uint64_t> scale(const number_and_unit& parts, std::uint64_t factor) {
  // Half of the range, so that the value fits a signed count as well.
  if (parts.too_large || parts.number > std::numeric_limits<std::int64_t>::max() / factor) return std::nullopt;
  return parts.number * factor;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text, std::string& why) {
  const auto parts = split(text);
  if (!parts) {
    why = fmt::format("{}, got {}", duration_help, in_quotes(text));
    return std::nullopt;
  }
  if (parts->unit.empty()) {
    why = fmt::format(R"({} has no unit: write "{}s" or "{}ms" (units: ms, s, m, h))", in_quotes(text), text, text);
    return std::nullopt;
  }
  for (const auto& [name, factor] : duration_units) {
    if (parts->unit != name) continue;
    if (const auto value = scale(*parts, factor)) return std::chrono::milliseconds{static_cast<std::int64_t>(*value)};
    why = fmt::format("{} is too large", in_quotes(text));
    return std::nullopt;
  }
  why = fmt::format("{}, got {}", duration_help, in_quotes(text));
  return std::nullopt;
}

std::string format_duration(std::chrono::milliseconds value) {
  const auto count = static_cast<std::uint64_t>(value.count());
  if (count == 0) return "0s";
  for (const auto& [name, factor] : duration_units)
    if (count % factor == 0) return fmt::format("{}{}", count / factor, name);
  return {};
}

std::optional<std::size_t> parse_size(std::string_view text, std::string& why) {
  const auto parts = split(text);
  if (!parts) {
    why = fmt::format("{}, got {}", size_help, in_quotes(text));
    return std::nullopt;
  }
  for (const auto& [name, factor] : size_units) {
    if (!same_letters(parts->unit, name) && !(parts->unit.empty() && factor == 1)) continue;
    if (const auto value = scale(*parts, factor)) return static_cast<std::size_t>(*value);
    why = fmt::format("{} is too large", in_quotes(text));
    return std::nullopt;
  }
  why = fmt::format("{}, got {}", size_help, in_quotes(text));
  return std::nullopt;
}

std::string format_size(std::size_t value) {
  if (value == 0) return "0B";
  for (const auto& [name, factor] : size_units)
    if (value % factor == 0) return fmt::format("{}{}", value / factor, name);
  return {};
}

}  // namespace encke::gateway
