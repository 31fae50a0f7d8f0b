// SPDX-License-Identifier: MIT
// Names of events: all but a few may be used.
#pragma once

#include <encke/export.hpp>
#include <string_view>

namespace encke {

/// True for the names that clients keep for themselves: "connect", "connect_error", "disconnect", "disconnecting",
/// "newListener", "removeListener". Emitting one throws, and a client that sends one is disconnected (Socket.IO
/// protocol v5).
[[nodiscard]] ENCKE_API bool is_reserved_event(std::string_view name) noexcept;

}  // namespace encke
