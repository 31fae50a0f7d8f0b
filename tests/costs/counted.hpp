// SPDX-License-Identifier: MIT
// Counted: what a server's thread asks of the kernel and of the heap. The calls are wrapped by the linker, and
// operator new by this program; only a thread that said `count_this_thread` is counted.
#pragma once

#include <cstdint>

namespace encke::test {

struct costs {
  std::uint64_t receives = 0, sends = 0, waits = 0, controls = 0, allocations = 0;
};

/// From now on this thread's calls count.
void count_this_thread();
/// All so far.
[[nodiscard]] costs counted();
[[nodiscard]] costs operator-(costs, costs);

}  // namespace encke::test
