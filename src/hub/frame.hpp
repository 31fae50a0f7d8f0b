// SPDX-License-Identifier: MIT
// Frame: one Socket.IO (or Engine.IO control) packet, encoded once and shared by everyone who gets it.
// It holds the bytes an Engine.IO 4 client reads from its WebSocket: for a text-only packet those of Engine.IO 3, too.
// A poller takes the same bytes without the WebSocket headers. Immutable, so any thread may hold it.
#pragma once

#include <cstdint>
#include <encke/ledger.hpp>
#include <engineio/packet.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <websocket/frame.hpp>

namespace encke::hub {

class frame;
using frame_ptr = std::shared_ptr<const frame>;

class frame {
 public:
  /// A packet whose Engine.IO text is `text` (type digit first) and whose attachments follow it.
  [[nodiscard]] static frame_ptr make(std::string_view text, std::span<const std::string> attachments = {});

  /// A binary message of Engine.IO alone: one attachment and no text packet before it.
  [[nodiscard]] static frame_ptr make_binary(std::string_view message);

  /// A short text packet that lives as long as the server: held for nobody, so charged to nobody.
  [[nodiscard]] static frame_ptr make_permanent(std::string_view text);
  /// A WebSocket control frame: nothing that a poller could get.
  [[nodiscard]] static frame_ptr make_control(websocket::opcode, std::string_view payload);

  /// All WebSocket frames, headers included, in the form of Engine.IO 4.
  [[nodiscard]] std::string_view websocket_bytes() const { return wire_; }
  /// The text packet without its header; "" if there is none.
  [[nodiscard]] std::string_view text() const { return slice(text_); }
  [[nodiscard]] std::size_t attachment_count() const { return attachments_.size(); }
  /// The raw bytes of one attachment.
  [[nodiscard]] std::string_view attachment(std::size_t i) const { return slice(attachments_[i]); }
  /// Memory it takes, for the bound of a queue.
  [[nodiscard]] std::size_t size() const { return wire_.size(); }

  /// For a session whose WebSocket needs other bytes: Engine.IO 3 marks binary, base64 clients take only text.
  [[nodiscard]] frame_ptr recoded(engineio::revision, bool base64) const;
  /// False when `websocket_bytes` serves this kind of session as it is.
  [[nodiscard]] bool needs_recoding(engineio::revision rev, bool base64) const {
    return !attachments_.empty() && (base64 || rev == engineio::revision::v3);
  }

  frame() = default;  // for make_shared; use make

 private:
  struct piece {
    std::uint32_t offset = 0, size = 0;
  };
  [[nodiscard]] std::string_view slice(piece p) const { return std::string_view{wire_}.substr(p.offset, p.size); }
  piece append(websocket::opcode, std::string_view payload);

  ledger::string<ledger::purpose::frame> wire_;
  piece text_;
  ledger::vector<piece, ledger::purpose::frame> attachments_;
};

}  // namespace encke::hub
