// SPDX-License-Identifier: MIT
// The soak's client processes: forked before any thread starts, given orders, and silent between them.
#pragma once

#include <sys/types.h>
#include <cstdint>
#include <vector>

#include "bench/soak/order.hpp"
#include "bench/soak/refusals.hpp"

namespace encke::soak {

struct client_settings {
  unsigned at_once = 32;  ///< jobs of one process at a time
  refusal_mix mix{};
  std::string secret;  ///< of another server; "" for ours
  std::string user_claim;
};

/// Client processes and the lines to them. The constructor forks.
class clients {
 public:
  clients(unsigned count, const client_settings&);
  clients(const clients&) = delete;
  clients& operator=(const clients&) = delete;
  ~clients();

  /// Divides the order among the processes, and waits until all are done and hold no connection. Throws
  /// std::runtime_error if one of them died.
  [[nodiscard]] report run(const order&);
  /// The same for orders that are one process's each.
  [[nodiscard]] report run_each(const std::vector<order>&);
  [[nodiscard]] std::size_t count() const { return processes_.size(); }

 private:
  struct process {
    pid_t pid;
    int line;
  };
  std::vector<process> processes_;
};

}  // namespace encke::soak
