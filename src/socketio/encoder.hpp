// SPDX-License-Identifier: MIT
// Encoder: appends the text of Socket.IO packets (without the Engine.IO type). The hub calls it once per packet,
// however many get it. Arguments are JSON text already; `json_write` makes it.
// A namespace starts with "/" and has no comma; "/" itself is not written.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <socketio/packet.hpp>
#include <span>
#include <string>
#include <string_view>

namespace encke::socketio {

/// The text of an EVENT or ACK in pieces, for whoever knows where it goes and need not build it first. The numbers and
/// marks are written here, the rest is borrowed.
class packet_pieces {
 public:
  /// As append_event and append_ack; `before` goes first, if it is not 0: the type of the Engine.IO packet.
  packet_pieces(packet_type, std::string_view nsp, std::optional<std::uint64_t> id, std::string_view args_json,
                std::size_t attachments, char before = '\0');
  packet_pieces(const packet_pieces&) = delete;
  packet_pieces& operator=(const packet_pieces&) = delete;

  [[nodiscard]] std::span<const std::string_view> all() const { return {pieces_.data(), count_}; }

 private:
  void add(std::string_view piece) { pieces_[count_++] = piece; }

  std::array<char, 48> written_;  // two numbers and five marks
  std::array<std::string_view, 5> pieces_;
  std::size_t count_ = 0;
};

/// `args_json` is the inside of the array, event name first: `"news",{"a":1}`. With attachments the packet is a
/// BINARY_EVENT: exactly so many binary messages have to follow it.
void append_event(std::string& out, std::string_view nsp, std::optional<std::uint64_t> id, std::string_view args_json,
                  std::size_t attachments = 0);

/// `args_json` is the inside of the array, "" for an answer without arguments.
void append_ack(std::string& out, std::string_view nsp, std::uint64_t id, std::string_view args_json,
                std::size_t attachments = 0);

/// Accepts a CONNECT. v5: `{"sid":...}`, with "pid" if one is given; v4: no payload.
void append_connect(std::string& out, dialect, std::string_view nsp, std::string_view sid, std::string_view pid = {});

/// Refuses a CONNECT. v5: `{"message":...}`, with "data" if there is any; v4: the data itself, otherwise the message.
void append_connect_error(std::string& out, dialect, std::string_view nsp, std::string_view message,
                          std::string_view data_json = {});

void append_disconnect(std::string& out, std::string_view nsp);

}  // namespace encke::socketio
