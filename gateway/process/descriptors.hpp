// SPDX-License-Identifier: MIT
// The limit of open files. Used by app before it listens.
#pragma once

#include <cstddef>

namespace encke::gateway {

/// Raises the limit of this process to what it may have (the hard limit), because each client takes a descriptor.
/// Returns what it may open from now on.
std::size_t raise_descriptor_limit() noexcept;

}  // namespace encke::gateway
