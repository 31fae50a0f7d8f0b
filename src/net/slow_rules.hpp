// SPDX-License-Identifier: MIT
// Slow rules: the overflow policy: makes room in a client's queue for one more message, or says that there is none.
// Pure: session counts what was left out, and ends the client if that is what the rule says.
#pragma once

#include <encke/options.hpp>
#include <hub/frame.hpp>
#include <net/outbox.hpp>
#include <vector>

namespace encke::net {

/// The limit that a queue went past.
enum class too_much : std::uint8_t { nothing, bytes, messages, age, memory };

/// What a client reads as the reason of its end, and the log says: "slow reader: ...".
[[nodiscard]] std::string_view to_string(too_much) noexcept;

class slow_rules {
 public:
  explicit slow_rules(const options&);

  struct outcome {
    bool fits = true;                                   ///< the message may be queued
    too_much cut = too_much::nothing;                   ///< the client is to be disconnected
    std::size_t replaced = 0, oldest = 0, expired = 0;  ///< messages that were left out
  };
  /// Makes room for a message of `size` bytes. One always finds its place in an empty queue.
  [[nodiscard]] outcome make_room(outbox&, hub::label, std::size_t size, stamp now) const;

  /// Leaves out what has waited too long, before it is sent; returns how many.
  [[nodiscard]] std::size_t expire(outbox&, stamp now) const;

 private:
  struct rule {
    overflow policy;
    std::size_t bytes, messages;
    stamp age;  // 0: any
  };
  [[nodiscard]] static too_much reached(const rule&, const outbox&, std::size_t size);
  [[nodiscard]] bool is_stale(const hub::frame&, stamp since, stamp now) const;

  std::vector<rule> rules_;  // by hub::label::rule
  stamp least_age_ = 0;      // after which a message may be left out; 0: none ever is
};

}  // namespace encke::net
