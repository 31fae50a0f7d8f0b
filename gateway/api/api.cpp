// SPDX-License-Identifier: MIT
// The table of the HTTP API. docs/openapi.yaml describes each row; a test compares the two.
#include "gateway/api/api.hpp"

#include <array>

#include "gateway/api/routes.hpp"

namespace encke::gateway {

namespace {

constexpr std::array<api_route, 10> table{{
    {.method = "GET", .pattern = "/healthz", .needs_key = false, .now = health_view},
    {.method = "GET", .pattern = "/readyz", .needs_key = false, .now = readiness_view},
    {.method = "POST", .pattern = "/v1/emit", .later = emit_call},
    {.method = "POST", .pattern = "/v1/emit-with-ack", .later = ask_call},
    {.method = "POST", .pattern = "/v1/join", .later = join_call},
    {.method = "POST", .pattern = "/v1/leave", .later = leave_call},
    {.method = "POST", .pattern = "/v1/disconnect", .later = disconnect_call},
    {.method = "GET", .pattern = "/v1/users", .now = users_view},
    {.method = "GET", .pattern = "/v1/users/{id}", .later = user_view},
    {.method = "GET", .pattern = "/v1/rooms", .later = rooms_view},
}};

}  // namespace

void add_api(server& io, api_options options, const presence& present) {
  io.on_http_refusal(describe);
  add_routes(make_state(io, present, std::move(options)), table);
}

std::vector<api_operation> api_operations() {
  return operations_of(table);
}

}  // namespace encke::gateway
