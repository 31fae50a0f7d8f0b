// SPDX-License-Identifier: MIT
// The HTTP API for backends: emit, ask, join, leave, disconnect; users, rooms, health. Described by docs/openapi.yaml.
// `serve` adds it to the server before it runs; its routes answer on internal listeners only.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <encke/http.hpp>
#include <encke/log.hpp>
#include <encke/server.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/api/access.hpp"
#include "gateway/clients/presence.hpp"
#include "gateway/clients/refusals.hpp"

namespace encke::gateway {

class memory_monitor;

struct api_options {
  std::shared_ptr<const key_ring> keys = std::make_shared<key_ring>();
  std::size_t max_body = 1'000'000;
  std::chrono::milliseconds ack_timeout_max{30'000};
  std::size_t attachments = 10;  ///< binary arguments of one event; not more than the server's max_attachments
  /// The room that holds the sockets of a user; the default is "user:" and the id.
  std::function<std::string(std::string_view user)> user_room;
  /// Why a room is not for calls to join or leave, as the end of "which ..."; "" if it is. The default fits that of
  /// `user_room`, and allows every room beside another.
  std::function<std::string(std::string_view room)> why_not_yours{};
  std::function<bool()> is_ready;             ///< for /readyz; the default is yes. Any thread
  std::shared_ptr<memory_monitor> memory{};   ///< for the debug pages, which make one where there is none
  std::shared_ptr<const refusals> refused{};  ///< for the metrics; none: not shown
  log_hook log{};                             ///< what the backend did, and what went wrong
  std::function<std::uint64_t()> log_lost{};  ///< records that could not be written; none: not shown
};

/// Registers the routes. Server and presence outlive them. Before `run`.
void add_api(encke::server&, api_options, const presence&);

/// A route as it is registered.
struct api_operation {
  std::string_view method;
  std::string_view pattern;
};
/// All that `add_api` registers, read from the same table.
[[nodiscard]] std::vector<api_operation> api_operations();

/// GET /v1/users: a page of users by ?limit= and ?cursor=. For a route of one's own with other keepers.
[[nodiscard]] http_response list_users(const presence&, const http_request&);

}  // namespace encke::gateway
