// SPDX-License-Identifier: MIT
// Memory guard: keeps the process below its limit. Looks at regular times at what is used and sheds, step by step
// (encke/memory.hpp): workers see the step in the service, and the slowest readers of all workers are disconnected in
// rounds. Between two looks unfinished input grows by no more than a share of what is left. One for a server with a
// limit; lives on the first worker.
#pragma once

#include <atomic>
#include <base/timer_wheel.hpp>
#include <boost/asio/steady_timer.hpp>
#include <limits>
#include <memory>
#include <net/burdens.hpp>
#include <net/service.hpp>
#include <net/shed_rule.hpp>
#include <vector>

namespace encke::net {

/// Has every worker give back to the system what it keeps free. Any thread.
void purge(service&);

class memory_guard {
 public:
  /// `shared` has all its workers.
  explicit memory_guard(service& shared);

  /// Looks for the first time, on the first worker, and goes on while it runs.
  void start() { look(); }
  /// Looks no more.
  void stop() { timer_.cancel(); }
  /// At the last look. Any thread.
  [[nodiscard]] std::size_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  struct round;
  static constexpr auto nothing_cut = std::numeric_limits<std::size_t>::max();

  void look();
  void enter(shedding from, shedding to);
  void give_back();
  void give_room();
  void end_strangers();
  void begin_round();
  void end_round(std::vector<burden>);

  service& shared_;
  shed_rule rule_;
  boost::asio::steady_timer timer_;
  std::atomic<std::size_t> used_{0};
  time_point purged_{};
  bool in_round_ = false;
  bool was_helpless_ = false;
  unsigned vain_rounds_ = 0;               // in a row: memory did not become less
  std::size_t used_before_ = nothing_cut;  // when the last were cut
};

}  // namespace encke::net
