// SPDX-License-Identifier: MIT
// Base64 (RFC 4648) as the HTTP API needs it: binary arguments in JSON, and cursors. Used by presence and api_args.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace encke::gateway {

enum class base64_alphabet { standard, url };  ///< url: '-' and '_' instead of '+' and '/', no padding

[[nodiscard]] std::string to_base64(std::string_view data, base64_alphabet = base64_alphabet::standard);

/// The bytes of a text in either alphabet, with or without padding, in one line or, as encoders for mail write it, in
/// several (RFC 2045 6.8). Nothing for any other character, for misplaced padding, and for a length that cannot be.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace encke::gateway
