// SPDX-License-Identifier: MIT
// What goes wrong around user code, for a hook: arguments of the wrong types, exceptions, events that a middleware
// refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <encke/socket.hpp>
#include <exception>
#include <functional>
#include <optional>
#include <string_view>

namespace encke {

/// One thing that went wrong. Views are valid during the call only.
struct fault {
  enum class kind : std::uint8_t {
    mistyped,   ///< an event's arguments did not convert to its handler's parameters, so it was not called
    exception,  ///< a handler, a middleware or a hook threw
    refused,    ///< an event's middleware refused it (nsp::use_event)
  };
  kind type = kind::exception;
  std::string_view handler;               ///< the event's name, or "connect", "disconnect", "middleware", a hook's name
  std::string_view what;                  ///< in words: what the exception says, what came for what, why it was refused
  encke::socket socket{};                 ///< whose; a handle to nobody for hooks and routes
  std::optional<std::size_t> argument{};  ///< `mistyped`: the first that did not convert, from 0
  std::string_view member{};              ///< `mistyped`: what of it, such as `items[2].name`; "": itself
  std::exception_ptr thrown{};            ///< `exception`: itself
};

/// Called on the worker where it happened, at the same time on several. What it throws is logged.
using error_hook = std::function<void(const fault&)>;

}  // namespace encke
