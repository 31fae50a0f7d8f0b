// SPDX-License-Identifier: MIT
// What can be wrong with the frames of a peer, and the close code that tells it so (RFC 6455 7.4.1).
// Returned by `reader`; whoever owns the connection sends `close_code_of(error)` and hangs up.
#pragma once

#include <encke/error.hpp>
#include <string_view>

#include "websocket/close_code.hpp"

namespace encke::websocket {

enum class error : std::uint8_t {
  unmasked_client_frame,
  masked_server_frame,
  reserved_bits,
  reserved_opcode,
  fragmented_control_frame,
  control_frame_too_long,
  length_not_minimal,
  length_msb_set,
  unexpected_continuation,  ///< a continuation, and no message was begun
  expected_continuation,    ///< a new message inside another one
  invalid_utf8,             ///< in a text message, or in the reason of a close
  bad_close_payload,        ///< one byte cannot be a code
  bad_close_code,
  message_too_big,
  too_many_fragments,
  bad_compression,  ///< what a compressed message holds is not DEFLATE, or is cut off
};

[[nodiscard]] close_code close_code_of(error) noexcept;

/// The name of an error, e.g. "unmasked_client_frame".
[[nodiscard]] std::string_view to_string(error) noexcept;

/// Called by `result::value()` when there is no value.
[[noreturn]] void throw_exception_from_error(error, const boost::source_location&);

}  // namespace encke::websocket
