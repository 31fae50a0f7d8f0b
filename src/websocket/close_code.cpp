// SPDX-License-Identifier: MIT
// Which close codes exist, and their two bytes.
#include "websocket/close_code.hpp"

namespace encke::websocket {

bool may_be_sent(close_code code) noexcept {
  // RFC 6455 7.4.2 and the IANA registry: 1012-1014 were registered later; 1004, 1005, 1006 and 1015 are reserved.
  const auto number = static_cast<std::uint16_t>(code);
  if (number >= 3000) return number <= 4999;
  return (number >= 1000 && number <= 1003) || (number >= 1007 && number <= 1014);
}

std::string close_payload(close_code code, std::string_view reason) {
  constexpr std::size_t longest_reason = 123;  // RFC 6455 5.5: a control frame has at most 125 bytes
  if (!may_be_sent(code)) return {};
  const auto number = static_cast<std::uint16_t>(code);
  return std::string{static_cast<char>(number >> 8), static_cast<char>(number & 0xff)}.append(
      reason.substr(0, longest_reason));
}

close_code code_in(std::string_view close_payload) noexcept {
  if (close_payload.size() < 2) return close_code::no_status;
  const auto high = static_cast<unsigned char>(close_payload[0]), low = static_cast<unsigned char>(close_payload[1]);
  return static_cast<close_code>(high << 8 | low);
}

}  // namespace encke::websocket
