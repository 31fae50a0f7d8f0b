// SPDX-License-Identifier: MIT
// Listen addresses, looked up and tried as the start of the server will, without taking the port.
#pragma once

#include <string_view>

#include "gateway/settings/check.hpp"

namespace encke::gateway {

/// Refuses hosts that are not found and two listeners that take the same port of an address; warns of an address that
/// this machine does not have. Waits for the resolver.
void check_addresses(const config&, const check_report&);

}  // namespace encke::gateway
