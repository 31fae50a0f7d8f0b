// SPDX-License-Identifier: MIT
// The allocator of this process: its figures, giving memory back, and heap profiles. jemalloc where it is linked in
// (the `encke` program, unless it was built with a sanitizer), otherwise the C library's malloc, which knows less.
// Which of the two it is shows at run time: this file is the same for both. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace encke::gateway::allocator {

/// All in bytes. What is not known is 0.
struct figures {
  std::string_view name;             ///< "jemalloc" or "glibc"
  std::string version{};             ///< e.g. "5.3.0"
  std::int64_t allocated = 0;        ///< handed out, size classes included
  std::int64_t thread_caches = 0;    ///< of that: given back by the program, kept by a thread for its next use
  std::int64_t profile_samples = 0;  ///< of that: what allocations take more because the heap profile follows them
  std::int64_t internal = 0;         ///< of that: what the allocator needs for itself
  std::int64_t active = 0;           ///< pages with something allocated
  std::int64_t metadata = 0;         ///< what the allocator needs for itself, `internal` included
  std::int64_t dirty = 0;            ///< free pages not yet given back to the system
  std::int64_t resident = 0;         ///< active, dirty and metadata pages; 0 if the allocator does not know
  std::int64_t mapped = 0;           ///< address space in use
  std::int64_t retained = 0;         ///< address space kept without memory behind it

  /// Handed out and still held by the program.
  [[nodiscard]] std::int64_t held() const { return allocated - thread_caches - profile_samples - internal; }
};

/// As it is now.
[[nodiscard]] figures look();

/// Gives free memory back to the system at once: what this thread caches, and all free pages.
void purge();

/// What a request for `size` bytes takes. For `ledger::use_size_classes`.
[[nodiscard]] std::size_t size_class(std::size_t size);

/// A heap profile as text, for jeprof; nothing where there is none.
[[nodiscard]] std::optional<std::string> heap_profile();

}  // namespace encke::gateway::allocator
