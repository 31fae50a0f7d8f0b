// SPDX-License-Identifier: MIT
// Block pool: memory for small objects that come and go with every message, kept on each thread for the next one. A
// block may be given back on another thread than it was taken on. What a thread keeps is bounded; larger blocks go
// straight to the heap. What is kept is charged to the ledger (purpose `cache`).
#pragma once

#include <cstddef>

namespace encke::block_pool {

/// Bytes that one thread keeps at most.
inline constexpr std::size_t most_kept = 256 * 1024;

/// What `take` sets aside for `size` bytes.
[[nodiscard]] std::size_t set_aside(std::size_t size) noexcept;
/// At least `size` bytes, aligned for anything. Throws std::bad_alloc.
[[nodiscard]] void* take(std::size_t size);
/// Gives back to the heap what this thread keeps.
void release() noexcept;
/// `size` as it was taken.
void give_back(void* block, std::size_t size) noexcept;

}  // namespace encke::block_pool
