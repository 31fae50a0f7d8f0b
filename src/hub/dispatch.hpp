// SPDX-License-Identifier: MIT
// Calling user code: middleware, event handlers, connect and disconnect handlers. Whatever they throw is caught,
// counted and logged here; the client and its neighbours do not notice. Called by client, on its worker.
#pragma once

#include <encke/reason.hpp>
#include <functional>
#include <hub/socket_state.hpp>
#include <memory>
#include <span>

namespace encke::socketio {
struct packet;
}

namespace encke::hub {

using disconnect_handler = std::function<void(const socket&, reason)>;

/// The namespace of this name that a parent has for such a client; nullptr if none does.
[[nodiscard]] nsp_ptr find_child(shard& home, std::string_view name, const handshake&);
/// Runs the middleware of a pending socket, then client::on_admission unless the client has left meanwhile.
void run_middleware(socket_ptr);
void call_connect_handlers(const socket_ptr&);
void call_event_handler(socket_state&, const socketio::packet&);
void call_disconnect_handlers(const socket_ptr&, std::span<const disconnect_handler>, reason);

}  // namespace encke::hub
