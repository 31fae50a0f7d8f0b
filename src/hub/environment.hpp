// SPDX-License-Identifier: MIT
// Environment: what a shard of the hub needs from the worker it lives on. Implemented by net/worker; tests step it by
// hand.
#pragma once

#include <base/alarm.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <encke/stats.hpp>
#include <functional>

namespace encke::hub {

class environment {
 public:
  /// Runs a function on this worker, in order of posting. Any thread.
  virtual void post(std::move_only_function<void()>) = 0;
  /// The calling thread is this worker's, although it serves others, too. False where `shard::set_current` tells.
  [[nodiscard]] virtual bool is_here() const { return false; }
  /// Calls shard::end_turn before it writes what this turn has queued.
  virtual void deliver_at_turn_end() = 0;
  /// Where coroutines of handlers run.
  [[nodiscard]] virtual boost::asio::any_io_executor executor() = 0;
  [[nodiscard]] virtual timer_wheel& wheel() = 0;
  [[nodiscard]] virtual time_point now() const = 0;
  virtual void count(counter, std::uint64_t by = 1) = 0;
  virtual void count(reason) = 0;

 protected:
  ~environment() = default;
};

}  // namespace encke::hub
