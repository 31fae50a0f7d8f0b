// SPDX-License-Identifier: MIT
// Shed rule: which step of shedding is due for what the process uses. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <encke/memory.hpp>

namespace encke::net {

class shed_rule {
 public:
  explicit shed_rule(std::size_t limit) : limit_{limit} {}

  /// A step begins where its share of the limit is reached, and ends once `slack` below.
  shedding on_look(std::size_t used) { return step_ = std::clamp(step_, reached(used, 0), reached(used, slack)); }
  [[nodiscard]] shedding step() const { return step_; }

  /// How much is to be given back so that a step ends.
  [[nodiscard]] std::size_t excess(std::size_t used, shedding step) const {
    const auto aim = share(percent[static_cast<std::size_t>(step)] - slack);
    return used > aim ? used - aim : 0;
  }

 private:
  static constexpr std::array<std::size_t, shedding_steps> percent{0, 80, 83, 85, 90, 93};
  static constexpr std::size_t slack = 5;  // percent

  [[nodiscard]] std::size_t share(std::size_t of_hundred) const { return limit_ / 100 * of_hundred; }
  [[nodiscard]] shedding reached(std::size_t used, std::size_t less) const {
    std::size_t step = 0;
    while (step + 1 < percent.size() && used >= share(percent[step + 1] - less)) ++step;
    return static_cast<shedding>(step);
  }

  std::size_t limit_;
  shedding step_ = shedding::none;
};

}  // namespace encke::net
