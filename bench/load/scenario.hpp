// SPDX-License-Identifier: MIT
// Scenario: what one thread does to the server, and what it counts. The run takes it through its phases:
// start, until is_ready; go; (measured); stop, until is_drained; leave, until is_empty.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "bench/load/loop.hpp"
#include "bench/load/options.hpp"
#include "bench/load/pacer.hpp"
#include "bench/load/rounds.hpp"
#include "bench/load/stats.hpp"
#include "bench/load/target.hpp"

namespace encke::load {

// Slow: every other stalled reader is to read on, before the end. Set by a signal.
extern std::atomic<bool> some_read_on;

// What the threads of a run have in common.
struct common {
  target server;
  target push;                       // where events are published
  std::vector<std::uint32_t> rooms;  // by number of the client
  std::vector<loop*> loops;          // by thread
  deliveries under_way;
  unsigned rounds_per_thread = stamp::numbers;
  std::atomic<std::int64_t> listening{0};               // clients that get broadcasts
  std::atomic<std::uint32_t> published{0};              // events with a sequence number
  std::vector<std::atomic<std::int64_t>> room_members;  // likewise, of each room
};

// The part of a run that one scenario in one thread does.
struct share {
  common& all;
  const options& given;
  loop& on;
  unsigned thread = 0;
  unsigned first = 0, count = 0;               // numbers of its clients
  unsigned first_round = 0, rounds_count = 0;  // numbers of its events
};

class scenario {
 public:
  explicit scenario(const share& mine) : mine_{mine} {}
  virtual ~scenario() = default;
  scenario(const scenario&) = delete;
  scenario& operator=(const scenario&) = delete;

  virtual void start() = 0;
  [[nodiscard]] virtual bool is_ready() const = 0;
  virtual void go(clock::time_point now) = 0;
  // After each turn of the loop, and at the latest after next_due().
  virtual void on_turn(clock::time_point now) = 0;
  [[nodiscard]] virtual clock::time_point next_due() const { return clock::time_point::max(); }
  virtual void stop() = 0;
  [[nodiscard]] virtual bool is_drained() const { return true; }
  // All that was asked for has happened, before the time is over.
  [[nodiscard]] virtual bool is_done() const { return false; }
  virtual void leave() = 0;
  [[nodiscard]] virtual bool is_empty() const { return true; }
  [[nodiscard]] virtual std::size_t inside() const { return 0; }  // clients that are connected

  // By name; a mixed scenario has several.
  struct part {
    std::string_view name;
    stats* counted;
  };
  [[nodiscard]] virtual std::vector<part> parts() { return {{name_of(mine_.given.scenario), &counted_}}; }

 protected:
  [[nodiscard]] double rate() const noexcept { return mine_.given.rate / mine_.given.threads; }

  share mine_;
  stats counted_;
};

[[nodiscard]] std::unique_ptr<scenario> make_scenario(const share& mine);

// How many clients each of `rooms` rooms has when `clients` are given out Zipf-wise: at least one, largest first.
[[nodiscard]] std::vector<std::uint32_t> zipf_sizes(unsigned clients, unsigned rooms, double exponent);

}  // namespace encke::load
