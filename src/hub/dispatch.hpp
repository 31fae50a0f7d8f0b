// SPDX-License-Identifier: MIT
// Calling user code: middleware, event handlers, connect and disconnect handlers. Whatever they throw is caught,
// counted and logged here; the client and its neighbours do not notice. Called by client, on its worker.
#pragma once

#include <encke/reason.hpp>
#include <exception>
#include <functional>
#include <hub/socket_state.hpp>
#include <memory>
#include <span>

namespace encke::socketio {
struct packet;
}

namespace encke::hub {

class core;
class shard;

using disconnect_handler = std::function<void(const socket&, reason)>;

/// The namespace of this name that a parent has for such a client; nullptr if none does.
[[nodiscard]] nsp_ptr find_child(shard& home, std::string_view name, const handshake&);
/// Runs the middleware of a pending socket, then client::on_admission unless the client has left meanwhile.
void run_middleware(socket_ptr);
void call_connect_handlers(const socket_ptr&);
void call_upgrade_handlers(const socket_ptr&);
/// Counts, logs and reports what was thrown around a socket, on its worker.
void note_exception(const socket&, std::string_view where, const std::exception_ptr&);
template <class Call>
void guarded(const socket& who, std::string_view where, Call&& call) {
  try {
    call();
  } catch (...) {
    note_exception(who, where, std::current_exception());
  }
}
/// Reports what was thrown by a hook that belongs to no socket, as far as the calling thread is a worker.
void note_thrown(const core&, std::string_view hook, const std::exception_ptr&);
template <class Call>
void guarded_hook(const core& owner, std::string_view hook, Call&& call) {
  try {
    call();
  } catch (...) {
    note_thrown(owner, hook, std::current_exception());
  }
}
void call_event_handler(socket_state&, const socketio::packet&);
void call_disconnect_handlers(const socket_ptr&, std::span<const disconnect_handler>, reason);

}  // namespace encke::hub
