// SPDX-License-Identifier: MIT
// Reads the query of a call, as bodies are read: what nobody knows is a fault.
#pragma once

#include <cstddef>
#include <encke/http.hpp>
#include <span>
#include <string>
#include <string_view>

#include "gateway/commands/refusal.hpp"

namespace encke::gateway {

/// A query parameter as a whole number in this range.
[[nodiscard]] std::size_t number_in_query(const http_request&, std::string_view name, std::size_t least,
                                          std::size_t most, std::size_t otherwise, fault_list&);
/// Adds a fault for each query parameter that is not one of these.
void allow_only_query(const http_request&, std::span<const std::string> known, fault_list&);

}  // namespace encke::gateway
