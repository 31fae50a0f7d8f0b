// SPDX-License-Identifier: MIT
// Close codes (RFC 6455 7.4) and the payload of a close frame.
// Used by the reader, and by every connection that says goodbye. Pure values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace encke::websocket {

/// The codes we name. A value outside the list is legal when `may_be_sent` says so (1012, 1014, 3000-4999).
enum class close_code : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unsupported_data = 1003,
  no_status = 1005,  ///< never on the wire: an empty close payload
  abnormal = 1006,   ///< never on the wire: the connection was lost
  invalid_payload = 1007,
  policy_violation = 1008,
  message_too_big = 1009,
  internal_error = 1011,
  try_again_later = 1013,
};

/// True for codes that may stand in a close frame: those registered with IANA, and 3000-4999.
[[nodiscard]] bool may_be_sent(close_code) noexcept;

/// The two bytes of a code, and a reason of at most 123 bytes; nothing for the codes that may not be sent.
[[nodiscard]] std::string close_payload(close_code, std::string_view reason = {});

/// The code in the payload of a close message: `no_status` when it has none.
[[nodiscard]] close_code code_in(std::string_view close_payload) noexcept;

}  // namespace encke::websocket
