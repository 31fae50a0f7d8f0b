// SPDX-License-Identifier: MIT
// What the soak looks at: memory and processor time of a process, its descriptors, and the ledger.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <encke/ledger.hpp>
#include <encke/memory.hpp>
#include <string>

namespace encke::soak {

/// Bytes handed out by the allocator and not given back, all threads together. What a thread keeps for its next use
/// counts where the allocator cannot tell.
[[nodiscard]] std::size_t heap_bytes();
[[nodiscard]] std::size_t open_descriptors();
/// User and system time of this process, or of another one, in seconds.
[[nodiscard]] double processor_seconds();
[[nodiscard]] double processor_seconds_of(pid_t);

/// What is held for clients now and was not before.
[[nodiscard]] ledger::totals difference(const ledger::totals& now, const ledger::totals& before);
[[nodiscard]] bool is_zero(const ledger::totals&);
/// "session 120 bytes in 1, room -8 bytes in 0": the purposes that are not zero.
[[nodiscard]] std::string by_purpose(const ledger::totals&);

}  // namespace encke::soak
