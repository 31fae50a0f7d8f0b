// SPDX-License-Identifier: MIT
// Names and close codes of the errors.
#include "websocket/error.hpp"

#include <stdexcept>
#include <string>

namespace encke::websocket {

close_code close_code_of(error e) noexcept {
  switch (e) {
    case error::invalid_utf8:
    case error::bad_compression: return close_code::invalid_payload;
    case error::message_too_big: return close_code::message_too_big;
    case error::too_many_fragments: return close_code::policy_violation;
    case error::unmasked_client_frame:
    case error::masked_server_frame:
    case error::reserved_bits:
    case error::reserved_opcode:
    case error::fragmented_control_frame:
    case error::control_frame_too_long:
    case error::length_not_minimal:
    case error::length_msb_set:
    case error::unexpected_continuation:
    case error::expected_continuation:
    case error::bad_close_payload:
    case error::bad_close_code: return close_code::protocol_error;
  }
  return close_code::protocol_error;
}

std::string_view to_string(error e) noexcept {
  switch (e) {
    case error::unmasked_client_frame: return "unmasked_client_frame";
    case error::masked_server_frame: return "masked_server_frame";
    case error::reserved_bits: return "reserved_bits";
    case error::reserved_opcode: return "reserved_opcode";
    case error::fragmented_control_frame: return "fragmented_control_frame";
    case error::control_frame_too_long: return "control_frame_too_long";
    case error::length_not_minimal: return "length_not_minimal";
    case error::length_msb_set: return "length_msb_set";
    case error::unexpected_continuation: return "unexpected_continuation";
    case error::expected_continuation: return "expected_continuation";
    case error::invalid_utf8: return "invalid_utf8";
    case error::bad_close_payload: return "bad_close_payload";
    case error::bad_close_code: return "bad_close_code";
    case error::message_too_big: return "message_too_big";
    case error::too_many_fragments: return "too_many_fragments";
    case error::bad_compression: return "bad_compression";
  }
  return "unknown";
}

void throw_exception_from_error(error e, const boost::source_location&) {
  throw std::runtime_error{std::string{to_string(e)}};
}

}  // namespace encke::websocket
