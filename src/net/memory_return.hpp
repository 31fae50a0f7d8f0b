// SPDX-License-Identifier: MIT
// Memory return: what the process has freed goes back to the system, so that one crowd is not paid for until the next
// restart: an allocator keeps what was freed for its next use, the C library's nearly all of it. Looks once a second at
// what is resident and at what the ledger says is held, which costs microseconds. One for a server that does so
// (memory_options::give_back); lives on the first worker.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <net/service.hpp>
#include <net/trim_rule.hpp>

namespace encke::net {

class memory_return {
 public:
  /// `shared` has all its workers.
  explicit memory_return(service& shared);

  /// Looks for the first time, on the first worker, and goes on while it runs.
  void start() { look(); }
  /// Looks no more.
  void stop() { timer_.cancel(); }

 private:
  void look();

  service& shared_;
  trim_rule rule_;
  bool asked_ = false;  // at the last look
  boost::asio::steady_timer timer_;
};

}  // namespace encke::net
