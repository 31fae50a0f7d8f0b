// SPDX-License-Identifier: MIT
// Counts what OpenSSL allocates while a `counting` object lives, exactly: its allocator is replaced when the test
// program starts, and every block remembers whether it was counted, so that it is taken off wherever it is freed.
#pragma once

#include <cstddef>

namespace encke::tls::test {

/// Bytes of counted blocks that are not freed yet, of this thread.
[[nodiscard]] std::ptrdiff_t counted_bytes();
/// False if OpenSSL refused the allocator.
[[nodiscard]] bool can_count();

class counting {
 public:
  counting();
  ~counting();
  counting(const counting&) = delete;
  counting& operator=(const counting&) = delete;
};

}  // namespace encke::tls::test
