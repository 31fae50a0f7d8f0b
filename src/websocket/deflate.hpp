// SPDX-License-Identifier: MIT
// permessage-deflate (RFC 7692), always without context takeover: every message is compressed by itself. So a
// connection keeps no compressor and no window: each thread has its own, made when first needed, and a
// message for many is compressed once. Negotiated by whoever upgrades a connection, inflated by `reader`, deflated
// where frames are written.
#pragma once

#include <cstddef>
#include <encke/error.hpp>
#include <encke/ledger.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "websocket/error.hpp"
#include "websocket/handshake.hpp"

namespace encke::websocket {

/// How outgoing messages are compressed. The numbers are zlib's.
struct deflate_settings {
  std::size_t threshold = 1024;  ///< bytes; shorter messages are sent as they are
  int level = 6;                 ///< 1 to 9
  int memory_level = 8;          ///< 1 to 9
  int window_bits = 15;          ///< 9 to 15
  bool operator==(const deflate_settings&) const = default;
};

/// The second highest bit of a frame's first byte, on the first frame of a compressed message (RFC 7692 6).
inline constexpr unsigned compressed_bit = 0x40;

/// What a connection has agreed on.
struct deflate_agreement {
  std::string answer;    ///< the value of the answer's Sec-WebSocket-Extensions
  int window_bits = 15;  ///< the largest window the client can read, 9 to 15
};

/// Takes the first acceptable offer out of all values of Sec-WebSocket-Extensions, joined by commas. Nothing when there
/// is none: the connection goes on without compression. `bad_extensions` if the list is malformed (RFC 6455 9.1), or
/// any offer of permessage-deflate in it has a parameter that is unknown, given twice or out of range (RFC 7692 7.1).
/// A window of 8 bits is allowed, and passed over: zlib cannot make it.
[[nodiscard]] result<std::optional<deflate_agreement>, handshake_error> agree_on_deflate(std::string_view offers,
                                                                                         const deflate_settings&);

/// Bytes of a message, while it is put together.
using message_bytes = ledger::vector<char, ledger::purpose::websocket>;

/// Undoes the compression of a whole message. `out` is empty before, and never gets more than `limit` bytes. The error
/// is `message_too_big` or `bad_compression`.
[[nodiscard]] std::optional<error> inflate(std::string_view compressed, std::size_t limit, message_bytes& out);

/// Compresses the payload of one message. Nothing if that would not make it smaller. The bytes lie in memory of the
/// thread until its next call.
[[nodiscard]] std::optional<std::string_view> deflate(std::string_view payload, const deflate_settings&);

}  // namespace encke::websocket
