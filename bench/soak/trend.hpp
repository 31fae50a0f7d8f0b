// SPDX-License-Identifier: MIT
// Does a series of measurements grow? A robust line through it, with an interval for its slope. Pure code; the soak
// asks it about resident memory.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace encke::soak {

struct sample {
  double seconds = 0;
  double value = 0;
};

struct trend {
  double slope = 0;          ///< per second
  double low = 0, high = 0;  ///< the slope lies between them, with 95 % confidence
  double middle = 0;         ///< median of the values
  double seconds = 0;        ///< from the first sample to the last
  double correlation = 0;    ///< of neighbours, once the line is taken away; 0 if negative
  std::size_t points = 0;    ///< medians of neighbouring samples that the line goes through

  /// What the slope adds over the whole series.
  [[nodiscard]] double growth() const { return slope * seconds; }
};

/// Nothing if the samples are too few. They are in order and evenly spaced.
[[nodiscard]] std::optional<trend> trend_of(std::span<const sample>);

/// The slope is positive beyond doubt, and over the whole series adds more than `share` of the middle value: of very
/// many samples, a page or two would be significant as well.
[[nodiscard]] bool is_growing(const trend&, double share);

}  // namespace encke::soak
