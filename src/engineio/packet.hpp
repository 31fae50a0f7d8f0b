// SPDX-License-Identifier: MIT
// Packet: one Engine.IO packet, and the form it has in one WebSocket message (Engine.IO protocols v3 and v4).
// The connection decodes what the WebSocket reader gives it and writes what the session and the outbox ask for;
// polling bodies are in payload.hpp. Nothing here keeps memory: a decoded packet borrows from its input or from
// `scratch`.
#pragma once

#include <boost/assert/source_location.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "encke/error.hpp"

namespace encke::engineio {

/// The protocol revision, fixed by `EIO` at the handshake.
enum class revision : std::uint8_t { v3 = 3, v4 = 4 };

/// In the order of their digits on the wire.
enum class packet_type : std::uint8_t { open, close, ping, pong, message, upgrade, noop };

/// Borrowed: lives as long as what it was decoded from.
struct packet {
  packet_type type = packet_type::message;
  bool binary = false;
  std::string_view data;

  friend bool operator==(const packet&, const packet&) = default;
};

/// What is wrong with a packet or a payload. Each of them closes the session with `parse_error`.
enum class error : std::uint8_t {
  empty_packet,      ///< no type at all; also an empty body, and an empty place between separators
  unknown_type,      ///< the type is none of the seven
  bad_base64,        ///< not base64 after `b`
  bad_length,        ///< v3: a length that is not a number, or has too many digits
  truncated,         ///< v3: fewer characters or bytes than the length says
  split_character,   ///< v3: the length ends between two halves of a surrogate pair
  bad_form,          ///< v3 binary form: a packet that begins with neither 00 nor 01
  too_many_packets,  ///< more packets in one body than the limit
};

/// The name of an error in words, e.g. "unknown type".
[[nodiscard]] std::string_view to_string(error) noexcept;
/// Called by `result::value()` when there is no value.
[[noreturn]] void throw_exception_from_error(error, const boost::source_location&);

/// A text message of a WebSocket: `4hello`; base64 as `b...` (v4) or `b4...` (v3), which is decoded into `scratch`.
/// The text is expected to be valid UTF-8, as the WebSocket reader gives it.
[[nodiscard]] result<packet, error> decode_text(revision, std::string_view message, std::string& scratch);

/// A binary message of a WebSocket: the bytes of a message (v4), or a type byte 00-06 and the bytes (v3).
[[nodiscard]] result<packet, error> decode_binary(revision, std::string_view message);

/// Appends the type digit and the data: a text message of a WebSocket.
void append_text_packet(std::string& out, packet_type, std::string_view data);
/// Appends a binary message of a WebSocket: the bytes (v4), or 04 and the bytes (v3).
void append_binary_packet(std::string& out, revision, std::string_view data);
/// Appends the text form of a binary message: `b...` (v4), `b4...` (v3).
void append_base64_packet(std::string& out, revision, std::string_view data);

}  // namespace encke::engineio
