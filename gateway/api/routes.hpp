// SPDX-License-Identifier: MIT
// What the routes of the internal listener share: the state they work on, and how a table of them is registered, with
// the key checked before and exceptions caught behind. Used by the rooms api and debug.
#pragma once

#include <boost/json/object.hpp>
#include <encke/server.hpp>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/api/api.hpp"
#include "gateway/clients/guest.hpp"
#include "gateway/commands/command.hpp"

namespace encke::gateway {

struct api_state {
  server& io;
  const presence& present;
  api_options with;

  /// Borrows from this.
  [[nodiscard]] command_scope scope() const {
    return {io, with.user_room, with.why_not_yours, with.attachments, with.ack_timeout_max};
  }
  void log(log_level, std::string_view message,
           std::initializer_list<std::pair<std::string_view, std::string_view>> fields) const;
};
using api_ptr = std::shared_ptr<const api_state>;

/// A route answers at once or later; one of the two is set. One that answers later reads the request before it gives
/// the coroutine, so that no body is held while it waits.
struct api_route {
  std::string_view method;
  std::string_view pattern;
  bool needs_key = true;
  http_response (*now)(const api_state&, const http_request&) = nullptr;
  task<http_response> (*later)(api_ptr, const http_request&) = nullptr;
};

/// With the defaults of what is not given.
[[nodiscard]] api_ptr make_state(server&, const presence&, api_options);
void add_routes(const api_ptr&, std::span<const api_route>);
[[nodiscard]] std::vector<api_operation> operations_of(std::span<const api_route>);

/// 200 and this JSON text.
[[nodiscard]] http_response json_answer(std::string json_text);
/// {"ok":true}
[[nodiscard]] http_response done();
/// The answer to what cannot be done.
[[nodiscard]] http_response refuse(refusal);
/// A coroutine that has nothing to wait for.
[[nodiscard]] task<http_response> answer_soon(http_response);

/// The names that the query or the body of an operation may have, for `docs/openapi.yaml` to be compared with.
struct api_names {
  std::string_view pattern;
  std::vector<std::string> names;
};
[[nodiscard]] const std::vector<api_names>& names_in_bodies();
[[nodiscard]] const std::vector<api_names>& names_in_queries();

// Calls that send events: emit.cpp.
[[nodiscard]] task<http_response> emit_call(api_ptr, const http_request&);
[[nodiscard]] task<http_response> ask_call(api_ptr, const http_request&);

// Calls that move sockets: calls.cpp.
[[nodiscard]] task<http_response> join_call(api_ptr, const http_request&);
[[nodiscard]] task<http_response> leave_call(api_ptr, const http_request&);
[[nodiscard]] task<http_response> disconnect_call(api_ptr, const http_request&);

// Calls that only look: views.cpp.
[[nodiscard]] http_response health_view(const api_state&, const http_request&);
[[nodiscard]] http_response readiness_view(const api_state&, const http_request&);
[[nodiscard]] http_response users_view(const api_state&, const http_request&);
[[nodiscard]] task<http_response> user_view(api_ptr, const http_request&);
[[nodiscard]] task<http_response> rooms_view(api_ptr, const http_request&);

/// What is known of one socket, as the API shows it.
[[nodiscard]] boost::json::object to_json(const seen&);

}  // namespace encke::gateway
