// SPDX-License-Identifier: MIT
// The coroutine type of handlers, middleware and everything that waits.
#pragma once

#include <boost/asio/awaitable.hpp>

namespace encke {

/// A lazily started coroutine that gives a T. Runs on the worker that started it; `co_await` it, or return it from a
/// handler. It is an Asio awaitable, so any Asio operation can be awaited in it with `boost::asio::use_awaitable`.
template <class T>
using task = boost::asio::awaitable<T>;

}  // namespace encke
