// SPDX-License-Identifier: MIT
// Flush queue: the connections of one worker that have something to send. Whoever was just heard, and a few others, go
// out when the turn ends; a crowd, as after a broadcast to thousands, goes out in slices, and between two of them the
// worker looks at who is ready. What one client gets stays in order: it waits in that client's own outbox.
#pragma once

#include <base/alarm.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <encke/ledger.hpp>
#include <vector>

namespace encke::net {

class connection;

class flush_queue {
 public:
  /// Each connection is in it once. `was_heard`: it has just been read, so it does not wait for a crowd.
  void add(connection&, bool was_heard);
  /// It is about to be destroyed, or moves away.
  void remove(connection&);

  [[nodiscard]] bool has_prompt() const { return !prompt_.empty(); }
  [[nodiscard]] bool has_crowd() const { return crowd_size_ != 0; }

  /// Flushes those that go out with this turn, and who comes to them meanwhile.
  void flush_prompt();
  /// Flushes the crowd until then; some in any case. All of it if meanwhile as many messages came for those who wait as
  /// there are of them: reading on would fill their queues faster than they are written.
  void flush_crowd(time_point until);
  /// Gives back what it took when there were many.
  void shrink();

 private:
  void leave_crowd(const connection&);

  using place = std::uint32_t;
  ledger::vector<connection*, ledger::purpose::connection> prompt_;                         // null: gone
  std::deque<connection*, ledger::allocator<connection*, ledger::purpose::worker>> crowd_;  // likewise
  place crowd_begin_ = 0;           // the place of its first; places go round
  std::size_t crowd_size_ = 0;      // without those who are gone
  std::size_t more_for_crowd_ = 0;  // messages, since the turn in which it came together
  bool is_long_ = false;            // it is of an earlier turn
};

}  // namespace encke::net
