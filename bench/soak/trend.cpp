// SPDX-License-Identifier: MIT
// The line is Theil and Sen's (the median of the slopes of all pairs: a third of the points may be anything), and its
// interval Sen's, from the variance of Kendall's tau. Both want independent points, and memory sampled each second is
// not: so the points are medians of many samples, and what correlation is left widens the interval by (1 + r) / (1 -
// r).
#include "bench/soak/trend.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace encke::soak {

namespace {

constexpr std::size_t most_points = 60, least_points = 8, least_samples_per_point = 3;
constexpr double normal_95 = 1.96;
constexpr double most_correlation = 0.9;

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 != 0) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

std::vector<sample> medians(std::span<const sample> all, std::size_t points) {
  std::vector<sample> found;
  for (std::size_t i = 0; i < points; ++i) {
    const auto part = all.subspan(all.size() * i / points, all.size() * (i + 1) / points - all.size() * i / points);
    std::vector<double> values;
    for (const auto& one : part) values.push_back(one.value);
    found.push_back({(part.front().seconds + part.back().seconds) / 2, median(values)});
  }
  return found;
}

std::vector<double> slopes_of_pairs(const std::vector<sample>& points) {
  std::vector<double> slopes;
  for (std::size_t i = 0; i < points.size(); ++i)
    for (std::size_t k = i + 1; k < points.size(); ++k)
      slopes.push_back((points[k].value - points[i].value) / (points[k].seconds - points[i].seconds));
  std::sort(slopes.begin(), slopes.end());
  return slopes;
}

// Of neighbouring residuals. A step or a curve that the line misses shows up here, too, and widens the interval.
double correlation_around(const std::vector<sample>& points, double slope) {
  std::vector<double> rest;
  for (const auto& one : points) rest.push_back(one.value - slope * one.seconds);
  double mean = 0, squares = 0, products = 0;
  for (const double one : rest) mean += one / static_cast<double>(rest.size());
  for (std::size_t i = 0; i < rest.size(); ++i) {
    squares += (rest[i] - mean) * (rest[i] - mean);
    if (i > 0) products += (rest[i] - mean) * (rest[i - 1] - mean);
  }
  return squares > 0 ? std::clamp(products / squares, 0.0, most_correlation) : 0;
}

}  // namespace

std::optional<trend> trend_of(std::span<const sample> all) {
  const auto count = std::min(most_points, all.size() / least_samples_per_point);
  if (count < least_points) return std::nullopt;
  const auto points = medians(all, count);
  auto slopes = slopes_of_pairs(points);
  const auto n = static_cast<double>(count);
  const auto pairs = static_cast<double>(slopes.size());

  trend found;
  found.points = count;
  found.seconds = all.back().seconds - all.front().seconds;
  std::vector<double> values;
  for (const auto& one : all) values.push_back(one.value);
  found.middle = median(values);
  auto copy = slopes;
  found.slope = median(copy);
  found.correlation = correlation_around(points, found.slope);
  const double variance = n * (n - 1) * (2 * n + 5) / 18 * (1 + found.correlation) / (1 - found.correlation);
  const double half_width = normal_95 * std::sqrt(variance) / 2;
  const auto ranked = [&](double rank) { return slopes[static_cast<std::size_t>(std::clamp(rank, 0.0, pairs - 1))]; };
  found.low = ranked(std::floor(pairs / 2 - half_width));
  found.high = ranked(std::ceil(pairs / 2 + half_width));
  return found;
}

bool is_growing(const trend& one, double share) {
  return one.low > 0 && one.growth() > share * one.middle;
}

}  // namespace encke::soak
