// SPDX-License-Identifier: MIT
// Team: the threads of a run, each with a loop and its share of the scenario. The run tells them the phase;
// they say how far they are. Results are read after the threads have ended.
#pragma once

#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "bench/load/scenario.hpp"

namespace encke::load {

enum class phase : std::uint8_t { coming, warming_up, measured, draining, leaving, over };

class team {
 public:
  team(const options& given, common& all);
  ~team();
  team(const team&) = delete;
  team& operator=(const team&) = delete;

  void enter(phase p);

  // Each is about the phase entered last.
  [[nodiscard]] bool are_ready() const noexcept { return every(&board::is_ready); }
  [[nodiscard]] bool are_done() const noexcept { return every(&board::is_done); }
  [[nodiscard]] bool are_drained() const noexcept { return every(&board::is_drained); }
  [[nodiscard]] bool are_empty() const noexcept { return every(&board::is_empty); }
  [[nodiscard]] std::size_t inside() const noexcept { return sum(&board::inside); }
  [[nodiscard]] std::uint64_t messages() const noexcept { return sum(&board::messages); }

  // Ends the threads. What all of them counted in each part.
  [[nodiscard]] std::vector<std::pair<std::string, stats>> end();

 private:
  // What a thread shows of itself.
  struct alignas(64) board {
    std::atomic<phase> at{phase::coming};  // what the rest is about
    std::atomic<bool> is_ready{false}, is_done{false}, is_drained{false}, is_empty{false};
    std::atomic<std::uint64_t> inside{0}, messages{0};
  };
  struct member {
    loop on;
    std::unique_ptr<scenario> work;
    std::vector<std::pair<std::string, stats>> measured;
    board shown;
  };

  void work(member& m);
  void change(member& m, phase to);
  static void show(member& m, phase at);
  [[nodiscard]] bool every(std::atomic<bool> board::*what) const noexcept;
  [[nodiscard]] std::uint64_t sum(std::atomic<std::uint64_t> board::*what) const noexcept;

  std::atomic<phase> now_{phase::coming};
  std::vector<std::unique_ptr<member>> members_;
  std::vector<std::thread> threads_;
};

}  // namespace encke::load
