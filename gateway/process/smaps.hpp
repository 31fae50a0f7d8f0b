// SPDX-License-Identifier: MIT
// Process memory: which parts of this process are resident, as the system sees it: code, static data, stacks, and what
// the allocator may have. Read from /proc/self/smaps (proc(5)); the text is taken apart by a pure function.
// Used by memory/picture.
#pragma once

#include <cstdint>
#include <string_view>

namespace encke::gateway {

/// Resident bytes. They add up to the resident set.
struct process_memory {
  std::int64_t code = 0;         ///< program and libraries, constants included
  std::int64_t static_data = 0;  ///< their variables, and the loader's
  std::int64_t stacks = 0;       ///< of all threads
  std::int64_t heap = 0;         ///< the rest without a file behind it: the allocator's
  std::int64_t other = 0;        ///< other files, shared memory

  [[nodiscard]] std::int64_t resident() const { return code + static_data + stacks + heap + other; }
};

/// Takes the text of an smaps file apart.
[[nodiscard]] process_memory read_smaps(std::string_view text);

/// This process at this moment; all zero if the system does not tell. Costs about 0.2 ms, and more for a large heap.
[[nodiscard]] process_memory look_at_process();

}  // namespace encke::gateway
