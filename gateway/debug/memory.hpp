// SPDX-License-Identifier: MIT
// Memory pages under /debug/memory on internal listeners: the picture, its history, the operator's mark, giving memory
// back, and who holds most. Added by `add_debug`.
#pragma once

#include <span>

#include "gateway/api/routes.hpp"

namespace encke::gateway {

[[nodiscard]] std::span<const api_route> memory_routes();

/// GET /debug/memory/top: memory_top.cpp.
[[nodiscard]] task<http_response> memory_top(api_ptr, const http_request&);

}  // namespace encke::gateway
