// SPDX-License-Identifier: MIT
// The Socket.IO packet (Socket.IO protocol v4 and v5), its limits, and what can be wrong with one.
// The decoder makes packets, the hub routes them. A text packet only points into the text that was fed;
// a binary packet brings the memory it points into along, so dropping the packet gives it back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <encke/error.hpp>
#include <encke/ledger.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace encke::socketio {

/// v4 is spoken by clients of Engine.IO 3, v5 by those of Engine.IO 4.
enum class dialect : std::uint8_t { v4, v5 };

/// In the order of the digits on the wire.
enum class packet_type : std::uint8_t { connect, disconnect, event, ack, connect_error, binary_event, binary_ack };

struct limits {
  std::size_t attachments = 10;              ///< of one packet, announced in its header
  std::size_t attachment_bytes = 1'000'000;  ///< of all attachments of one packet together
  std::size_t depth = 64;  ///< of arrays and objects in the payload, its own array included; at most 512
  std::size_t nsp = 512;   ///< bytes of the namespace, a v4 query included
  std::size_t args = 256;  ///< arguments of an event (its name not counted) or an ack
};

enum class error : std::uint8_t {
  empty_packet,           ///< not even a type
  unknown_packet_type,    ///< not one of 0 to 6
  bad_attachment_count,   ///< not digits and "-", or zero
  too_many_attachments,   ///< limits::attachments
  attachments_too_large,  ///< limits::attachment_bytes
  bad_namespace,          ///< longer than limits::nsp, or not UTF-8
  bad_ack_id,             ///< past 2^53-1
  invalid_json,           ///< not JSON, or not UTF-8
  too_deep,               ///< limits::depth
  too_many_arguments,     ///< limits::args
  invalid_payload,        ///< JSON, but not what a packet of this type carries
  reserved_event,         ///< a name that belongs to the protocol
  unexpected_text,        ///< a text packet while attachments are missing
  unexpected_binary,      ///< an attachment that no packet announced
  illegal_placeholder,    ///< a placeholder without an integer `num` that names an attachment
};

/// The name as written above, e.g. "bad_namespace".
std::string_view to_string(error) noexcept;
std::string_view to_string(packet_type) noexcept;

/// Called by `result::value()` when there is no value.
[[noreturn]] void throw_exception_from_error(error, const boost::source_location&);

/// True for the six names that only the protocol itself may emit: connect, connect_error, disconnect, disconnecting,
/// newListener, removeListener.
[[nodiscard]] bool is_reserved_event(std::string_view name) noexcept;

/// Movable. Views point into the text given to `decoder::feed_text`, or into `kept`: moving the packet keeps them
/// valid.
struct packet {
  /// What a packet owns: its text and attachments if it is binary, an event name that had to be unescaped.
  struct storage : ledger::charged<ledger::purpose::client> {
    ledger::string<ledger::purpose::client> text;
    ledger::string<ledger::purpose::client> event;
    ledger::vector<std::string, ledger::purpose::client> attachments;
    ledger::charge attachments_charge;
  };

  packet_type type = packet_type::event;  ///< of binary packets `event` or `ack`; attachments are not empty then
  std::string_view nsp = "/";             ///< starts with "/"; v4: without its query
  std::string_view nsp_query;             ///< v4 only: what follows the "?" of the namespace, e.g. "token=1&x=2"
  std::optional<std::uint64_t> id;        ///< at most 2^53-1
  std::string_view json;                  ///< checked JSON text, "" if absent; events and acks: the whole array
  std::string_view event;     ///< events: the name, unescaped (lone surrogates are U+FFFD); a number as written
  std::string_view args;      ///< inside of the array, for events what follows the name: `1,{"a":2}`, "" if none
  std::size_t arg_count = 0;  ///< number of values in `args`
  std::span<const std::string> attachments;  ///< of binary packets; placeholders in `args` name only these
  std::unique_ptr<storage> kept;             ///< null for a plain text packet
};

}  // namespace encke::socketio
