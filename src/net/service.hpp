// SPDX-License-Identifier: MIT
// Service: what all workers of a server share. Filled before they start; after that only the atomics change.
#pragma once

#include <atomic>
#include <encke/admission.hpp>
#include <encke/engine_hooks.hpp>
#include <encke/handshake.hpp>
#include <encke/http.hpp>
#include <encke/nsp.hpp>
#include <encke/options.hpp>
#include <engineio/settings.hpp>
#include <functional>
#include <http/cors.hpp>
#include <http/request_parser.hpp>
#include <hub/core.hpp>
#include <hub/link.hpp>
#include <memory>
#include <net/client_files.hpp>
#include <net/routes.hpp>
#include <net/slow_rules.hpp>
#include <optional>
#include <string_view>
#include <tls/context.hpp>
#include <vector>
#include <websocket/deflate.hpp>

namespace encke::net {

class worker;

/// Makes what is above a session, on the session's worker.
using receiver_factory =
    std::function<std::unique_ptr<hub::receiver>(hub::shard&, hub::link&, engineio::revision, handshake)>;

/// Where connections come from.
struct listener {
  bool internal = false;
  tls::settings tls_files{};
  std::atomic<std::shared_ptr<const tls::context>> tls{};  // none: plain TCP
};

struct service {
  encke::options options;
  engineio::settings engine;
  http::limits http_limits;
  http::cors_policy cors;
  std::optional<websocket::deflate_settings> deflate;  // none: compressed WebSockets are not offered
  std::string path;                                    // "/socket.io", without the last slash
  hub::core* hub = nullptr;
  slow_rules slow{options};
  receiver_factory make_receiver;
  bool text_is_json = false;  // what is above speaks Socket.IO: its text may be rewritten for pollers of 1.x
  routes plain;
  client_files bundle;
  request_check allow_request{};
  encke::engine_hooks engine_hooks;
  http_refusal_hook refusal_hook;

  std::vector<worker*> workers;
  std::size_t next_worker = 0;                       // who gets the next connection; for the first worker only
  std::atomic<std::size_t> connections{0};           // of clients
  std::atomic<std::size_t> internal_connections{0};  // of internal listeners
  [[nodiscard]] std::atomic<std::size_t>& count_of(bool internal) {
    return internal ? internal_connections : connections;
  }
  std::atomic<bool> stopping{false};
  std::atomic<shedding> step{shedding::none};
  std::atomic<std::size_t> room_for_input{0};  // bytes of unfinished input that a worker takes until the next look
  std::atomic<std::uint32_t> looks{0};         // of the memory guard
  /// True while memory is so short that this step is taken.
  [[nodiscard]] bool sheds(shedding which) const { return step.load(std::memory_order_relaxed) >= which; }
};

}  // namespace encke::net
