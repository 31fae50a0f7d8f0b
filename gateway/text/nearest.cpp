// SPDX-License-Identifier: MIT
#include "gateway/text/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace encke::gateway {
namespace {

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
