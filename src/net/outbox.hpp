// SPDX-License-Identifier: MIT
// Outbox: the messages that wait for one client, in order. Holds references to shared frames; whoever fills it decides
// beforehand whether there is room (net/slow_rules: what is left out for a slow client). One message waits in place,
// which is all there is most of the time; only more than one take memory of their own. Answers to what a client sent in
// one go are written one behind the other (`run`), without a frame for each.
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
  int window_bits = 15;                                  ///< that were agreed on, if it is
};

/// Milliseconds of a worker's clock, from any beginning; differences hold for 49 days.
using stamp = std::uint32_t;

class outbox {
 public:
  void push(hub::frame_ptr what, stamp now);
  /// Puts a text packet, given in pieces, that only this client gets, and as it is: it is not compressed.
  void push_text(std::span<const std::string_view> packet, stamp now);
  /// Puts a frame before all that have not begun to be sent. It counts as old as the first of them.
  void push_first(hub::frame_ptr what, stamp now);
  [[nodiscard]] bool empty() const { return !first_; }
  [[nodiscard]] std::size_t size() const {
    return (first_ ? first_->packet_count() : 0) + (rest_ ? rest_->packets : 0);
  }
  [[nodiscard]] std::size_t bytes() const { return (first_ ? first_->size() : 0) + (rest_ ? rest_->bytes : 0); }
  /// When the first that waits was put in. Not when empty.
  [[nodiscard]] stamp oldest() const { return first_since_; }
  /// The memory it takes, with its share of the frames.
  [[nodiscard]] std::size_t held() const;

  /// What to do with a message that waits.
  enum class pick : std::uint8_t { keep, take_out, stop };
  /// Asks `choose(const hub::frame&, stamp)` about each message that has not begun to be sent, from the oldest on,
  /// until it says stop or `most` were taken out; returns how many were. Each asks for a walk over those before it.
  template <class Choose>
  std::size_t take_out(std::size_t most, Choose&& choose);

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
    for (auto i = rest_->next; i < rest_->waiting.size(); ++i) visit(*rest_->waiting[i].frame);
  }
  void clear();

 private:
  struct place {
    hub::frame_ptr frame;
    stamp since;
  };
  struct rest : ledger::charged<ledger::purpose::outbox> {
    ledger::vector<place, ledger::purpose::outbox> waiting;
    std::size_t next = 0;     // those before it have gone
    std::size_t bytes = 0;    // of all from `next` on, and of the run
    std::size_t packets = 0;  // likewise
    boost::container::vector<char, ledger::allocator<char, ledger::purpose::outbox>>
        run;  // WebSocket frames that go behind all others, until something is pushed or gathered
    std::size_t run_packets = 0;
    stamp run_since = 0;
  };
  [[nodiscard]] rest& behind();
  void push_behind(hub::frame_ptr, stamp);
  void end_run();
  void advance();
  void drop_gone();

  hub::frame_ptr first_;        // the one that is sent next, or being sent; none: empty
  std::unique_ptr<rest> rest_;  // those behind it; none if there are none
  std::uint32_t offset_ = 0;    // bytes of the first frame that have been sent
  stamp first_since_ = 0;
};

template <class Choose>
std::size_t outbox::take_out(std::size_t most, Choose&& choose) {
  std::size_t taken = 0;
  if (offset_ == 0) {
    for (; first_ && taken < most; ++taken) {
      const auto what = choose(*first_, first_since_);
      if (what == pick::stop) return taken;
      if (what == pick::keep) break;
      advance();
    }
  }
  if (!rest_) return taken;
  auto& all = rest_->waiting;
  auto from = rest_->next, to = from;  // what is kept of those before `from` ends at `to`
  for (; from < all.size() && taken < most; ++from) {
    auto& one = all[from];
    const auto what = choose(*one.frame, one.since);
    if (what == pick::stop) break;
    if (what == pick::keep) {
      if (to != from) all[to] = std::move(one);
      ++to;
      continue;
    }
    rest_->bytes -= one.frame->size();
    rest_->packets -= one.frame->packet_count();
    one.frame.reset();
    ++taken;
  }
  if (to == rest_->next)
    rest_->next = from;  // the oldest went: nothing has to move
  else
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(to), all.begin() + static_cast<std::ptrdiff_t>(from));
  drop_gone();
  return taken;
}

}  // namespace encke::net
