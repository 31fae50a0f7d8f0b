// SPDX-License-Identifier: MIT
// What a supervisor wants to know of any process: since when it runs, what it has used, which descriptors it has. Used
// by metrics.
#pragma once

#include <cstddef>

namespace encke::gateway {

struct process_figures {
  double started = 0;    ///< seconds since 1970
  double processor = 0;  ///< seconds of processor time, user and system
  std::size_t open_descriptors = 0;
  std::size_t most_descriptors = 0;  ///< the soft limit
};

/// This process at this moment; 0 for what the system does not tell. Source: proc(5), getrusage(2). Costs microseconds;
/// kernels before 6.2 do not tell how many descriptors are open, and then they are counted one by one.
[[nodiscard]] process_figures look_at_figures();

}  // namespace encke::gateway
