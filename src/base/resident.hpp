// SPDX-License-Identifier: MIT
// What the kernel says of the memory of this process; read by the memory guard (net).
#pragma once

#include <cstddef>

namespace encke {

/// Bytes of this process that are in memory now; 0 if that cannot be told. Costs two microseconds or so.
[[nodiscard]] std::size_t resident_bytes() noexcept;

}  // namespace encke
