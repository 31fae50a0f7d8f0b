// SPDX-License-Identifier: MIT
// Scripted calls: what the kernel says to recv, send, sendmsg and epoll_ctl of the code under test, call by call. The
// other end of a connection uses read and write, which are left alone.
#pragma once

#include <cstddef>
#include <limits>

namespace encke::test {

/// While it lives, calls of this thread go as it says. One at a time.
class scripted_calls {
 public:
  scripted_calls();
  ~scripted_calls();
  scripted_calls(const scripted_calls&) = delete;
  scripted_calls& operator=(const scripted_calls&) = delete;

  /// The call after `before` others fails with this errno, and so do all after it if the peer is `gone_for_good`.
  void fail(std::size_t before, int with, bool gone_for_good = true);
  /// Only adding to the poller fails from now on.
  void fail_to_watch(int with) { watch_fails_ = with; }
  /// No call sends more than that.
  void send_at_most(std::size_t bytes) { most_ = bytes; }
  /// Every second send finds the kernel's buffer full.
  void block_every_second() { blocks_ = true; }

  /// Calls since the beginning, of all kinds but epoll_ctl.
  [[nodiscard]] std::size_t calls() const { return calls_; }

  // for what takes the calls' place
  [[nodiscard]] int next_fault();
  [[nodiscard]] int next_watch_fault() const { return watch_fails_; }
  [[nodiscard]] bool blocks_now();
  [[nodiscard]] std::size_t most() const { return most_; }
  [[nodiscard]] static scripted_calls* current();

 private:
  std::size_t calls_ = 0;
  std::size_t fails_at_ = std::numeric_limits<std::size_t>::max();
  std::size_t most_ = std::numeric_limits<std::size_t>::max();
  int fault_ = 0;
  int watch_fails_ = 0;
  bool gone_for_good_ = false;
  bool blocks_ = false;
  bool blocked_before_ = false;
};

}  // namespace encke::test
