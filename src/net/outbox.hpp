// SPDX-License-Identifier: MIT
// Outbox: the messages that wait for one client, in order. Holds references to shared frames; whoever fills it decides
// beforehand whether there is room (session: the overflow policy). Empty, it holds no memory.
#pragma once

#include <sys/uio.h>
#include <cstddef>
#include <cstdint>
#include <encke/ledger.hpp>
#include <engineio/packet.hpp>
#include <hub/frame.hpp>

namespace encke::net {

/// How a session's WebSocket wants its messages.
struct wire_form {
  engineio::revision rev = engineio::revision::v4;
  bool base64 = false;
};

class outbox {
 public:
  void push(hub::frame_ptr what);
  /// Puts a frame before all that have not begun to be sent.
  void push_first(hub::frame_ptr what);
  [[nodiscard]] bool empty() const { return first_ == frames_.size(); }
  [[nodiscard]] std::size_t size() const { return frames_.size() - first_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

  /// Points `into` at the next bytes for a WebSocket; returns how many entries were used.
  std::size_t gather(iovec* into, std::size_t most, wire_form);
  /// So many of the gathered bytes were sent.
  void consume(std::size_t bytes);

  /// The rest of the frame that has begun to be sent; empty if none has.
  [[nodiscard]] outbox begun() const;

  /// All that waits, for the answer to a poll; then `clear`.
  [[nodiscard]] std::span<const hub::frame_ptr> waiting() const { return {frames_.data() + first_, size()}; }
  void clear();

 private:
  ledger::vector<hub::frame_ptr, ledger::purpose::outbox> frames_;
  std::uint32_t first_ = 0;   // frames before it have been sent
  std::uint32_t offset_ = 0;  // bytes of the first frame that have been sent
  std::size_t bytes_ = 0;     // of all frames that wait
};

}  // namespace encke::net
