// SPDX-License-Identifier: MIT
// Prefetch: asks the processor for memory that will be used soon. What is kept for one of ten thousand clients has left
// the caches when its turn comes, and lies behind a chain of pointers; so a loop over a crowd asks for one link of the
// chain at a time, `step` 0 first, for objects that are a few turns ahead. Only a hint: nothing changes but the time.
#pragma once

#include <cstddef>

namespace encke {

/// What is kept for fewer than so many stays in the caches anyway.
inline constexpr std::size_t crowd = 512;

inline void prefetch(const void* soon, std::size_t bytes) noexcept {
  for (std::size_t i = 0; i < bytes; i += 64) __builtin_prefetch(static_cast<const char*>(soon) + i);
}

template <class T>
void prefetch(const T* soon) noexcept {
  prefetch(soon, sizeof(T));
}

/// In a loop over `count` entries, before entry `i` is used: calls `ask(j, step)` for those ahead of it, step 0 for the
/// farthest.
template <class Ask>
void look_ahead(std::size_t i, std::size_t count, unsigned steps, Ask&& ask) {
  for (unsigned step = 0; step < steps; ++step)
    if (const auto ahead = i + steps - step; ahead < count) ask(ahead, step);
}

}  // namespace encke
