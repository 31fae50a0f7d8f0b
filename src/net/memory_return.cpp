// SPDX-License-Identifier: MIT
#include <net/memory_return.hpp>

#include <encke/ledger.hpp>
#include <encke/memory.hpp>
#include <net/memory_guard.hpp>
#include <net/worker.hpp>
#include <utility>

namespace encke::net {

namespace {

constexpr auto between_looks = std::chrono::seconds{1};

}  // namespace

memory_return::memory_return(service& shared) : shared_{shared}, timer_{shared.workers.front()->loop()} {}

void memory_return::look() {
  const auto resident = static_cast<std::int64_t>(resident_bytes()), held = ledger::snapshot().bytes();
  if (std::exchange(asked_, false)) {
    rule_.on_trimmed(resident, held, clock::now());
  } else {
    asked_ = rule_.on_look(resident, held, clock::now());
    if (asked_) purge(shared_);
  }
  timer_.expires_after(between_looks);
  timer_.async_wait([this, line = shared_.workers.front()->line()](const boost::system::error_code& failed) {
    if (!failed && line.serves()) look();
  });
}

}  // namespace encke::net
