// SPDX-License-Identifier: MIT
// Operations: what is done to the sockets of a selection, as values: namespace, selection and what, above any encoding.
// Carried out by `core::perform`, the one way from a target to its sockets. Nothing in one is a function or belongs to
// a thread, so that it may be looked at, kept, or told to somebody else who carries it out in the same way.
#pragma once

#include <chrono>
#include <cstddef>
#include <encke/target.hpp>
#include <encke/value.hpp>
#include <hub/rooms.hpp>
#include <memory>
#include <string>
#include <variant>

namespace encke::hub {

/// Shared by targets, operations and workers. None: everybody.
using selection_ptr = std::shared_ptr<const selection>;

/// What a pointer stands for.
[[nodiscard]] const selection& selected(const selection_ptr&);

/// An event is sent.
struct emission {
  std::string event;
  arguments list;  ///< the event's name first
  emit_flags flags{};
};
/// They join a room.
struct joining {
  std::string room;
};
/// They leave it.
struct leaving {
  std::string room;
};
/// They are disconnected from the namespace; with `close`, their whole connections end.
struct disconnecting {
  bool close = false;
};

/// Something that is done, of which nothing comes back.
struct operation {
  nsp_ptr nsp;  ///< of a parent: in each of its children that are there when it is carried out
  selection_ptr who;
  std::variant<emission, joining, leaving, disconnecting> what;
};

/// An event of which each socket's answer comes back.
struct asking {
  nsp_ptr nsp;
  selection_ptr who;
  emission what;
  std::chrono::milliseconds timeout{};
};

/// What is known of each socket comes back.
struct listing {
  nsp_ptr nsp;
  selection_ptr who;
};

}  // namespace encke::hub
