// SPDX-License-Identifier: MIT
// Outbox: the messages that wait for one client, in order. Holds references to shared frames; whoever fills it decides
// beforehand whether there is room (session: the overflow policy). One message waits in place, which is all there is
// most of the time; only more than one take memory of their own. Answers to what a client sent in one go are written
// one behind the other (`run`), without a frame for each.
#pragma once

#include <sys/uio.h>
#include <boost/container/vector.hpp>
#include <cstddef>
#include <cstdint>
#include <encke/ledger.hpp>
#include <engineio/packet.hpp>
#include <hub/frame.hpp>
#include <memory>

namespace encke::net {

/// How a session's WebSocket wants its messages.
struct wire_form {
  engineio::revision rev = engineio::revision::v4;
  bool base64 = false;
  const websocket::deflate_settings* deflate = nullptr;  ///< none: not compressed
};

class outbox {
 public:
  void push(hub::frame_ptr what);
  /// Puts a text packet, given in pieces, that only this client gets, and as it is: it is not compressed.
  void push_text(std::span<const std::string_view> packet);
  /// Puts a frame before all that have not begun to be sent.
  void push_first(hub::frame_ptr what);
  [[nodiscard]] bool empty() const { return !first_; }
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::size_t bytes() const;

  /// Points `into` at the next bytes for a WebSocket; returns how many entries were used.
  std::size_t gather(iovec* into, std::size_t most, wire_form);
  /// So many of the gathered bytes were sent.
  void consume(std::size_t bytes);

  /// The rest of the frame that has begun to be sent; empty if none has.
  [[nodiscard]] outbox begun() const;

  /// Calls `visit` with each frame that waits, for the answer to a poll; then `clear`.
  template <class Visit>
  void for_each(Visit&& visit) const {
    if (first_) visit(*first_);
    if (!rest_) return;
    for (auto i = rest_->next; i < rest_->frames.size(); ++i) visit(*rest_->frames[i]);
  }
  void clear();

 private:
  struct rest : ledger::charged<ledger::purpose::outbox> {
    ledger::vector<hub::frame_ptr, ledger::purpose::outbox> frames;
    std::size_t next = 0;     // frames before it have gone
    std::size_t bytes = 0;    // of all from `next` on, and of the run
    std::size_t packets = 0;  // likewise
    boost::container::vector<char, ledger::allocator<char, ledger::purpose::outbox>>
        run;  // WebSocket frames that go behind all others, until something is pushed or gathered
    std::size_t run_packets = 0;
  };
  [[nodiscard]] rest& behind();
  void push_behind(hub::frame_ptr);
  void end_run();
  void advance();

  hub::frame_ptr first_;        // the one that is sent next, or being sent; none: empty
  std::unique_ptr<rest> rest_;  // those behind it; none if there are none
  std::uint32_t offset_ = 0;    // bytes of the first frame that have been sent
};

}  // namespace encke::net
