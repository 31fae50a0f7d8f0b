// SPDX-License-Identifier: MIT
// Decoder: Engine.IO messages in, whole Socket.IO packets out, attachments included (Socket.IO protocol v4 and v5).
// One per session, fed by the hub's client. A text packet is checked where it lies, nothing is copied or allocated;
// only a packet that waits for attachments is kept, and charged.
#pragma once

#include <memory>
#include <optional>
#include <socketio/packet.hpp>
#include <string_view>

namespace encke::socketio {

class decoder {
 public:
  /// `limits` must outlive the decoder.
  decoder(dialect, const limits&) noexcept;
  decoder(decoder&&) noexcept;
  decoder& operator=(decoder&&) noexcept;
  ~decoder();

  /// Takes a text message and gives a packet whose views point into `message`, or nothing if attachments have to
  /// follow. Dialect v4 gives nothing for a packet of unknown type, too: such packets are ignored there. An error is
  /// final: nothing is kept after it, and the session is to be closed.
  [[nodiscard]] result<std::optional<packet>, error> feed_text(std::string_view message);

  /// Takes an attachment; with the last one gives the packet, which owns all it points into.
  [[nodiscard]] result<std::optional<packet>, error> feed_binary(std::string_view message);

  /// Ignores every message from now on.
  void stop() noexcept;

  [[nodiscard]] dialect spoken() const noexcept { return dialect_; }
  /// True while attachments are missing. Otherwise the decoder holds no memory.
  [[nodiscard]] bool is_waiting() const noexcept { return waiting_ != nullptr; }
  /// Bytes of memory that it holds.
  [[nodiscard]] std::size_t held() const noexcept;

 private:
  struct half_packet;

  [[nodiscard]] result<std::optional<packet>, error> whole_packet(packet_type, std::string_view message) const;
  result<std::optional<packet>, error> begin_binary(packet_type, std::string_view message);

  std::unique_ptr<half_packet> waiting_;
  const limits* limits_;
  dialect dialect_;
  bool stopped_ = false;
};
static_assert(sizeof(decoder) <= 24);

}  // namespace encke::socketio
