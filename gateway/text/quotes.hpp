// SPDX-License-Identifier: MIT
// Texts in quotes: as TOML has them, and for messages that repeat what somebody gave.
#pragma once

#include <string>
#include <string_view>

namespace encke::gateway {

/// The value in quotes for a message: control characters escaped, at most 40 bytes of it.
[[nodiscard]] std::string in_quotes(std::string_view value);
/// The value as a TOML string.
[[nodiscard]] std::string toml_string(std::string_view value);

}  // namespace encke::gateway
