// SPDX-License-Identifier: MIT
// What is left between an exchange and a coroutine of the user's that works for it, a route's or that of allow_request:
// either may be gone before the other. Held by both, used on the exchange's worker.
#pragma once

#include <boost/asio/cancellation_signal.hpp>

namespace encke::net {

class http_exchange;

struct caller_of_user {
  explicit caller_of_user(http_exchange* of) : exchange{of} {}

  http_exchange* exchange;  // null once it is gone, or no longer waits
  boost::asio::cancellation_signal gone{};
};

}  // namespace encke::net
