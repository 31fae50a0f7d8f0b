// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <socketio/packet.hpp>
#include <stdexcept>

namespace encke::socketio {

std::string_view to_string(error e) noexcept {
  switch (e) {
    case error::empty_packet: return "empty_packet";
    case error::unknown_packet_type: return "unknown_packet_type";
    case error::bad_attachment_count: return "bad_attachment_count";
    case error::too_many_attachments: return "too_many_attachments";
    case error::attachments_too_large: return "attachments_too_large";
    case error::bad_namespace: return "bad_namespace";
    case error::bad_ack_id: return "bad_ack_id";
    case error::invalid_json: return "invalid_json";
    case error::too_deep: return "too_deep";
    case error::too_many_arguments: return "too_many_arguments";
    case error::invalid_payload: return "invalid_payload";
    case error::reserved_event: return "reserved_event";
    case error::unexpected_text: return "unexpected_text";
    case error::unexpected_binary: return "unexpected_binary";
    case error::illegal_placeholder: return "illegal_placeholder";
  }
  return "unknown";
}

std::string_view to_string(packet_type type) noexcept {
  switch (type) {
    case packet_type::connect: return "connect";
    case packet_type::disconnect: return "disconnect";
    case packet_type::event: return "event";
    case packet_type::ack: return "ack";
    case packet_type::connect_error: return "connect_error";
    case packet_type::binary_event: return "binary_event";
    case packet_type::binary_ack: return "binary_ack";
  }
  return "unknown";
}

void throw_exception_from_error(error e, const boost::source_location&) {
  throw std::runtime_error{std::string{to_string(e)}};
}

bool is_reserved_event(std::string_view name) noexcept {
  if (name.size() < 7) return false;  // as most are
  static constexpr std::array<std::string_view, 6> reserved{"connect",       "connect_error", "disconnect",
                                                            "disconnecting", "newListener",   "removeListener"};
  return std::find(reserved.begin(), reserved.end(), name) != reserved.end();
}

}  // namespace encke::socketio
