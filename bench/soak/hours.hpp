// SPDX-License-Identifier: MIT
// Hours: the mixed load for as long as wanted, memory sampled each second, and a judgement of its trend.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <vector>

#include "bench/soak/client.hpp"
#include "bench/soak/stand.hpp"
#include "bench/soak/trend.hpp"

namespace encke::soak {

struct hours_settings {
  double hours = 1;
  unsigned clients = 2;  ///< processes; every other one by TLS
  unsigned workers = 2;
  unsigned rate = 300;   ///< jobs a second, of all processes: a steady load, so that memory under it is steady, too
  double growth = 0.01;  ///< share of RSS that the trend may add, once it is significant
  client_settings client;
};

class long_run {
 public:
  /// Forks: to be made before there is a second thread.
  explicit long_run(const hours_settings&);
  /// True if all is as it should be.
  [[nodiscard]] bool run();

 private:
  using clock = std::chrono::steady_clock;

  void load_for(const stand&, std::chrono::seconds);
  void watch(const stand&, const std::atomic<bool>& ended);
  void print_head() const;
  void print_line(const stand&, double seconds) const;
  void judge_ends(const stand&);
  void judge_trend();
  [[nodiscard]] double seconds_so_far() const;

  hours_settings given_;
  clients clients_;
  clock::time_point began_;
  std::vector<std::uint64_t> next_;  // job of each process
  std::vector<sample> resident_;     // MiB; written by the thread that watches
  std::atomic<std::uint64_t> done_ = 0, failed_ = 0;
  std::atomic<std::uint64_t> pauses_ = 0;
  std::uint64_t dirty_pauses_ = 0, odd_descriptors_ = 0;
  std::atomic<std::size_t> heap_in_pause_ = 0;  // at the last one
  verdicts verdicts_;
};

}  // namespace encke::soak
