// SPDX-License-Identifier: MIT
// Slow clients: what happens to messages for a client that does not take them as fast as they come.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace encke {

/// What happens to a message when too much waits for its client.
enum class overflow : std::uint8_t {
  close,        ///< the client is disconnected (reason "slow reader") and told so in the close frame
  drop_newest,  ///< this message is left out
  drop_oldest,  ///< the oldest under the same rule are left out until it fits; if that is not enough, this one
  latest,       ///< it replaces the one of its key that waits, full or not; then as `drop_oldest`
};

/// Whether a rule of this policy may say by which key messages replace each other (slow_rule::key).
[[nodiscard]] constexpr bool has_key(overflow policy) noexcept {
  switch (policy) {
    case overflow::close:
    case overflow::drop_newest:
    case overflow::drop_oldest: return false;
    case overflow::latest: return true;
  }
  return false;
}

/// How messages of some events, to some rooms, are treated for slow clients. In a pattern `*` stands for any text. What
/// is left out is counted; answers and other packets of the protocol never are.
struct slow_rule {
  std::string nsp = "*";
  std::string event = "*";
  std::string room = "*";  ///< matches one of the rooms that the message is sent to; "*" also one that is sent to none
  encke::overflow policy = overflow::close;
  /// For `latest`: the member of the event's first argument that tells what a message is about, e.g. "quote.symbol".
  /// Empty: event and rooms do. Without this member, or past 255 bytes, a message replaces nothing.
  std::string key{};
  std::size_t bytes = 0;             ///< that may wait for a client, of whatever rule; 0: `options::outbox_bytes`
  std::size_t messages = 0;          ///< likewise; 0: `options::outbox_messages`
  std::chrono::milliseconds age{0};  ///< that a message may wait; older ones are left out (or the client); 0: any
};

}  // namespace encke
