// SPDX-License-Identifier: MIT
// Packets as WebSocket messages: a type digit and text, or bytes (Engine.IO protocols v3 and v4).
// The payload codec uses the same functions for the packets inside a polling body.
#include "engineio/packet.hpp"

#include <optional>
#include <stdexcept>

#include <encke/base64.hpp>

namespace encke::engineio {

namespace {

std::optional<packet_type> type_of(unsigned number) noexcept {
  if (number > static_cast<unsigned>(packet_type::noop)) return std::nullopt;
  return static_cast<packet_type>(number);
}

std::optional<packet_type> type_of_digit(char digit) noexcept {
  return type_of(static_cast<unsigned char>(digit) - '0');
}

/// What follows the `b`.
result<packet, error> decode_base64(revision rev, std::string_view text, std::string& scratch) {
  auto type = packet_type::message;  // v4 leaves it out
  if (rev == revision::v3) {
    const auto given = text.empty() ? std::nullopt : type_of_digit(text[0]);
    if (!given) return error::unknown_type;
    type = *given;
    text.remove_prefix(1);
  }
  scratch.clear();
  if (!base64::decode_in_lines(text, scratch)) return error::bad_base64;
  return packet{type, true, scratch};
}

}  // namespace

std::string_view to_string(error e) noexcept {
  switch (e) {
    case error::empty_packet: return "empty packet";
    case error::unknown_type: return "unknown type";
    case error::bad_base64: return "bad base64";
    case error::bad_length: return "bad length";
    case error::truncated: return "truncated";
    case error::split_character: return "split character";
    case error::bad_form: return "bad form";
    case error::too_many_packets: return "too many packets";
  }
  return "unknown error";
}

void throw_exception_from_error(error e, const boost::source_location&) {
  throw std::runtime_error{"engine.io: " + std::string{to_string(e)}};
}

result<packet, error> decode_text(revision rev, std::string_view message, std::string& scratch) {
  if (message.empty()) return error::empty_packet;
  if (message[0] == 'b') return decode_base64(rev, message.substr(1), scratch);
  const auto type = type_of_digit(message[0]);
  if (!type) return error::unknown_type;
  return packet{*type, false, message.substr(1)};
}

result<packet, error> decode_binary(revision rev, std::string_view message) {
  if (rev == revision::v4) return packet{packet_type::message, true, message};
  if (message.empty()) return error::empty_packet;
  const auto type = type_of(static_cast<unsigned char>(message[0]));
  if (!type) return error::unknown_type;
  return packet{*type, true, message.substr(1)};
}

void append_text_packet(std::string& out, packet_type type, std::string_view data) {
  out += static_cast<char>('0' + static_cast<int>(type));
  out += data;
}

void append_binary_packet(std::string& out, revision rev, std::string_view data) {
  if (rev == revision::v3) out += static_cast<char>(packet_type::message);
  out += data;
}

void append_base64_packet(std::string& out, revision rev, std::string_view data) {
  out += rev == revision::v3 ? "b4" : "b";
  base64::append(out, data);
}

}  // namespace encke::engineio
