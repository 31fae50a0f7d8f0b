// SPDX-License-Identifier: MIT
// Slow rules: the overflow policy: makes room in a client's queue for one more message, or says that there is none.
// Pure: session counts what was left out, and ends the client if that is what the rule says.
#pragma once

#include <encke/options.hpp>
#include <hub/frame.hpp>
#include <net/outbox.hpp>
#include <vector>

namespace encke::net {

/// Why a client is cut: the limit that its queue went past, or what it held when memory was short.
enum class too_much : std::uint8_t { nothing, bytes, messages, age, memory, unfinished, unjoined };

/// What a client reads as the reason of its end, and the log says, e.g. "slow reader: too many bytes wait".
[[nodiscard]] std::string_view to_string(too_much) noexcept;

/// The server was short of memory: the client may come again.
[[nodiscard]] constexpr bool is_for_memory(too_much why) noexcept {
  return why >= too_much::memory;
}

class slow_rules {
 public:
  explicit slow_rules(const options&);

  struct outcome {
    bool fits = true;                                   ///< the message may be queued
    too_much cut = too_much::nothing;                   ///< the client is to be disconnected
    std::size_t replaced = 0, oldest = 0, expired = 0;  ///< messages that were left out
  };
  /// True if no rule has anything against a message of `size` bytes: the short way, taken nearly always.
  [[nodiscard]] bool has_room(const outbox& queue, hub::label as, std::size_t size) const {
    return queue.size() < least_messages_ && queue.bytes() + size <= least_bytes_ && as.key.empty() && !cuts_by_age_;
  }
  /// Makes room for a message of `size` bytes. One always finds its place in an empty queue.
  [[nodiscard]] outcome make_room(outbox&, hub::label, std::size_t size, stamp now) const;

  /// Some messages may wait for a limited time only.
  [[nodiscard]] bool has_ages() const { return least_age_ != 0; }
  /// Leaves out what has waited too long, before it is sent; returns how many.
  [[nodiscard]] std::size_t expire(outbox&, stamp now) const;

 private:
  struct rule {
    overflow policy;
    std::size_t bytes, messages;
    stamp age;  // 0: any
  };
  [[nodiscard]] static too_much reached(const rule&, const outbox&, std::size_t size);
  /// Takes out the one that the next is a newer form of; returns how many.
  static std::size_t replace(outbox&, hub::label as);
  /// Takes out those of the same rule until one of this size fits.
  std::size_t drop_oldest(outbox&, hub::label as, std::size_t size) const;
  [[nodiscard]] bool is_stale(const hub::frame&, stamp since, stamp now) const;

  std::vector<rule> rules_;                           // by hub::label::rule
  std::size_t least_bytes_ = 0, least_messages_ = 0;  // of all rules
  bool cuts_by_age_ = false;
  stamp least_age_ = 0;  // after which a message may be left out; 0: none ever is
};

}  // namespace encke::net
