// SPDX-License-Identifier: MIT
// Durations, sizes and addresses as people write them in settings.
#include "gateway/config_units.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>
#include <numeric>

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
constexpr std::string_view address_help = R"(expected an address such as "0.0.0.0:8080" or "[::1]:8080")";

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

bool is_ipv4(const std::string& host) {
  in_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1;
}

bool is_ipv6(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

// Labels of letters, digits, '-' and '_' (RFC 1123 2.1); one of digits at the end would be an IPv4 address gone wrong.
bool is_host_name(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.empty() || host.size() > 253) return false;
  std::string_view label;
  for (auto left = host; !left.empty();) {
    label = left.substr(0, left.find('.'));
    if (label.empty() || label.size() > 63 || label.starts_with('-') || label.ends_with('-')) return false;
    const auto belongs = [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; };
    if (!std::all_of(label.begin(), label.end(), belongs)) return false;
    left.remove_prefix(std::min(label.size() + 1, left.size()));
  }
  return !std::all_of(label.begin(), label.end(), [](unsigned char c) { return std::isdigit(c); });
}

// Optimal string alignment: insert, delete, replace, swap two neighbours.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

// "ENCKE_" and dashes are before every variable and flag, so they say nothing.
std::string_view without_prefix(std::string_view name) {
  if (name.starts_with("ENCKE_")) name.remove_prefix(6);
  name.remove_prefix(std::min(name.find_first_not_of('-'), name.size()));
  return name;
}

bool is_last_part(std::string_view name, std::string_view candidate) {
  name = without_prefix(name);
  if (name.size() < 2 || candidate.size() <= name.size() || !candidate.ends_with(name)) return false;
  const char before = candidate[candidate.size() - name.size() - 1];
  return before == '.' || before == '_' || before == '-';
}

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text, std::string& why) {
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
    if (const auto value = scale(*parts, factor)) return milliseconds{static_cast<std::int64_t>(*value)};
    why = fmt::format("{} is too large", in_quotes(text));
    return std::nullopt;
  }
  why = fmt::format("{}, got {}", duration_help, in_quotes(text));
  return std::nullopt;
}

std::string format_duration(milliseconds value) {
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

std::optional<listen_address> parse_address(std::string_view text, std::string& why) {
  if (text.empty()) return listen_address{};
  const auto colon = text.rfind(':');
  const auto digits = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || end != digits.data() + digits.size() || error != std::errc{}) {
    why = fmt::format("{}, got {}: the port is a number up to 65535", address_help, in_quotes(text));
    return std::nullopt;
  }
  std::string host{text.substr(0, colon)};
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (bracketed ? is_ipv6(host) : is_ipv4(host) || is_host_name(host)) return listen_address{host, port};
  if (!bracketed && is_ipv6(host))
    why = fmt::format("{} needs brackets: write \"[{}]:{}\"", in_quotes(text), host, port);
  else
    why = fmt::format("{}, got {}: the host is an IP address or a name", address_help, in_quotes(text));
  return std::nullopt;
}

std::string format_address(const listen_address& address) {
  if (address.is_off()) return {};
  const bool v6 = address.host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", v6 ? "[" : "", address.host, v6 ? "]" : "", address.port);
}

bool is_loopback(const listen_address& address) {
  if (same_letters(address.host, "localhost")) return true;  // which the library takes for its addresses
  in_addr v4{};
  if (inet_pton(AF_INET, address.host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  if (inet_pton(AF_INET6, address.host.c_str(), &v6) != 1) return false;
  return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
}

std::string in_quotes(std::string_view value) {
  constexpr std::size_t most = 40;
  std::string out = toml_string(value.substr(0, most));
  if (value.size() > most) out.insert(out.size() - 1, "...");
  return out;
}

std::string toml_string(std::string_view value) {
  std::string out = "\"";
  for (const unsigned char c : value) {
    if (c == '"' || c == '\\')
      out += {'\\', static_cast<char>(c)};
    else if (c < 0x20 || c == 0x7f)
      out += fmt::format("\\u{:04X}", c);
    else
      out += static_cast<char>(c);
  }
  return out += '"';
}

std::string_view nearest(std::string_view name, std::span<const std::string> candidates) {
  std::string_view best;
  std::size_t least = std::max<std::size_t>(1, std::min<std::size_t>(name.size(), 64) / 3) + 1;
  if (name.size() > 64) return {};  // not a misspelt name, and the work grows with its length
  for (const auto& candidate : candidates) {
    const auto steps = distance(name, candidate);
    if (steps >= least) continue;
    least = steps;
    best = candidate;
  }
  if (!best.empty()) return best;
  for (const auto& candidate : candidates)
    if (is_last_part(name, candidate)) return candidate;
  return {};
}

std::string did_you_mean(std::string_view name, std::span<const std::string> candidates) {
  const auto found = nearest(name, candidates);
  return found.empty() ? std::string{} : fmt::format(", did you mean `{}`?", found);
}

}  // namespace encke::gateway
