// SPDX-License-Identifier: MIT
// Stand: the servers under test with all that belongs to them, and the look at what is left when everybody has gone.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "bench/soak/certificate.hpp"
#include "bench/soak/measure.hpp"
#include "bench/soak/order.hpp"
#include "bench/soak/served.hpp"

namespace encke::soak {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool is_sanitized = true;  // keeps freed memory for a while: its size tells nothing
#else
inline constexpr bool is_sanitized = false;
#endif

class stand {
 public:
  /// Returns when the servers have begun to serve.
  stand(unsigned workers, limits);

  [[nodiscard]] places where(bool secure) const { return {open_.port(secure), strict_.port(secure), secure}; }
  /// What is held beyond what was held before the first client.
  [[nodiscard]] ledger::totals left() const { return difference(ledger::snapshot(), baseline_); }
  /// Waits until nobody is there and nothing is left; false if that takes too long. Connections linger for a moment,
  /// and clients that vanished are missed only after some heartbeats.
  [[nodiscard]] bool wait_until_quiet() const;
  [[nodiscard]] bool has_its_descriptors() const { return open_descriptors() == descriptors_; }
  /// Of both servers.
  [[nodiscard]] std::uint64_t count(counter) const;
  [[nodiscard]] std::uint64_t count(reason) const;
  [[nodiscard]] std::size_t sockets() const { return open_.counts().sockets + strict_.counts().sockets; }

 private:
  certificate made_;
  served open_;
  served strict_;
  ledger::totals baseline_;
  std::size_t descriptors_ = 0;
};

/// What was judged.
class verdicts {
 public:
  /// Prints it.
  void judge(bool good, const std::string& what);
  [[nodiscard]] bool all_good() const { return all_good_; }

 private:
  bool all_good_ = true;
};

}  // namespace encke::soak
