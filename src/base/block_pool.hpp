// SPDX-License-Identifier: MIT
// Block pool: memory for small objects that come and go with every message, kept on each thread for the next one. A
// block may be given back on another thread than it was taken on. What a thread keeps is bounded; larger blocks go
// straight to the heap.
#pragma once

#include <cstddef>

namespace encke::block_pool {

/// Bytes that one thread keeps at most.
inline constexpr std::size_t most_kept = 256 * 1024;

/// At least `size` bytes, aligned for anything. Throws std::bad_alloc.
[[nodiscard]] void* take(std::size_t size);
/// `size` as it was taken.
void give_back(void* block, std::size_t size) noexcept;

}  // namespace encke::block_pool
