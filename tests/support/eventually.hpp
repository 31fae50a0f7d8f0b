// SPDX-License-Identifier: MIT
// Waiting in tests: for a condition, with a deadline far beyond what it takes when all is well. Tests wait for what
// they expect and never for time to pass.
#pragma once

#include <chrono>
#include <thread>

namespace encke::test {

/// Nothing that a test waits for takes so long unless it is broken. Sanitizers and busy machines are slow.
inline constexpr std::chrono::seconds patience{20};

/// True as soon as `holds()` is true, false if it is not in time.
template <class Condition>
[[nodiscard]] bool eventually(Condition holds, std::chrono::milliseconds within = patience) {
  const auto deadline = std::chrono::steady_clock::now() + within;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  return true;
}

}  // namespace encke::test
