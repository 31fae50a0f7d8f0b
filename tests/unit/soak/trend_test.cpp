// SPDX-License-Identifier: MIT
// The soak's judgement of memory over time, on series that are made up: what must be found, and what must not.
#include "bench/soak/trend.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <vector>

namespace encke::soak {
namespace {

constexpr double share = 0.01;

// One sample a second of 14,000 and what `adds` says, with noise that `keeps` so much of itself from one to the next.
std::vector<sample> series(
    std::size_t count, unsigned seed, double noise, double keeps,
    const std::function<double(double)>& adds = [](double) { return 0.0; }) {
  std::mt19937 random{seed};
  std::normal_distribution<double> draw{0, noise * std::sqrt(1 - keeps * keeps)};
  std::vector<sample> all;
  double off = 0;
  for (std::size_t i = 0; i < count; ++i) {
    off = keeps * off + draw(random);
    const auto t = static_cast<double>(i);
    all.push_back({t, 14'000 + off + adds(t)});
  }
  return all;
}

unsigned found_growing(double noise, double keeps, std::size_t count, const std::function<double(double)>& adds) {
  unsigned growing = 0;
  for (unsigned seed = 1; seed <= 100; ++seed)
    if (const auto found = trend_of(series(count, seed, noise, keeps, adds)); found && is_growing(*found, share))
      ++growing;
  return growing;
}

const auto flat = [](double) { return 0.0; };

TEST(trend, of_an_exact_line_is_the_line) {
  const auto found = trend_of(series(600, 1, 0, 0, [](double t) { return 0.5 * t; }));
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->slope, 0.5, 1e-9);
  EXPECT_NEAR(found->low, 0.5, 1e-9);
  EXPECT_NEAR(found->high, 0.5, 1e-9);
  EXPECT_NEAR(found->growth(), 299.5, 1e-6);
  EXPECT_TRUE(is_growing(*found, share));
}
TEST(trend, of_a_constant_is_zero) {
  const auto found = trend_of(series(600, 1, 0, 0));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->slope, 0);
  EXPECT_EQ(found->low, 0);
  EXPECT_EQ(found->high, 0);
  EXPECT_FALSE(is_growing(*found, share));
}
TEST(trend, of_few_samples_is_unknown) {
  EXPECT_FALSE(trend_of({}));
  EXPECT_FALSE(trend_of(series(23, 1, 0, 0)));
  EXPECT_TRUE(trend_of(series(24, 1, 0, 0)));
}
TEST(trend, covers_zero_in_flat_noise_about_as_often_as_it_says) {
  for (const double keeps : {0.0, 0.9, 0.97}) {
    unsigned covered = 0;
    for (unsigned seed = 1; seed <= 200; ++seed) {
      const auto found = trend_of(series(2400, seed, 200, keeps));
      covered += found->low <= 0 && found->high >= 0;
    }
    EXPECT_GE(covered, 180U) << keeps;
  }
}
TEST(trend, flat_noise_is_not_growing) {
  EXPECT_LE(found_growing(200, 0, 2400, flat), 3U);
  EXPECT_LE(found_growing(200, 0.97, 2400, flat), 5U);
}
TEST(trend, a_small_leak_under_noise_is_found) {
  // 2 % in all, less than the noise of a single sample.
  EXPECT_GE(found_growing(300, 0.5, 2400, [](double t) { return 280 * t / 2400; }), 95U);
}
TEST(trend, a_leak_under_a_load_that_comes_and_goes_is_found) {
  const auto load = [](double t) { return std::fmod(t, 150) < 140 ? 600.0 : 0.0; };
  EXPECT_GE(found_growing(100, 0.9, 7200, [&](double t) { return load(t) + 400 * t / 7200; }), 95U);
  EXPECT_LE(found_growing(100, 0.9, 7200, load), 3U);
}
TEST(trend, a_page_or_two_in_all_are_not_growth) {
  const auto found = trend_of(series(2400, 7, 0, 0, [](double t) { return t < 1200 ? 0.0 : 8.0; }));
  ASSERT_TRUE(found);
  EXPECT_FALSE(is_growing(*found, share));
}
TEST(trend, a_step_early_on_is_not_growth) {
  EXPECT_LE(found_growing(100, 0.5, 2400, [](double t) { return t < 240 ? 0.0 : 500.0; }), 3U);
}
TEST(trend, steps_that_go_on_are_growth) {
  EXPECT_GE(found_growing(100, 0.5, 2400, [](double t) { return 100 * std::floor(t / 240); }), 95U);
}
TEST(trend, outliers_do_not_matter) {
  auto all = series(2400, 3, 20, 0);
  for (std::size_t i = 2000; i < 2400; i += 5) all[i].value += 20'000;
  EXPECT_FALSE(is_growing(*trend_of(all), share));
}
TEST(trend, that_falls_is_not_growing) {
  EXPECT_EQ(found_growing(100, 0.5, 2400, [](double t) { return -400 * t / 2400; }), 0U);
}

}  // namespace
}  // namespace encke::soak
