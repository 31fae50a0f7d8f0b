// SPDX-License-Identifier: MIT
// Debug pages: what the library and the gateway know of themselves, as it is at this moment.
#include "gateway/debug/debug.hpp"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <encke/ledger.hpp>
#include <encke/stats.hpp>

#include "gateway/api/query.hpp"
#include "gateway/api/routes.hpp"
#include "gateway/commands/selector.hpp"
#include "gateway/debug/memory.hpp"
#include "gateway/debug/metrics.hpp"
#include "gateway/debug/page.hpp"
#include "gateway/debug/profiles.hpp"

namespace encke::gateway {

namespace {

constexpr std::size_t default_sessions = 100;
constexpr std::size_t most_sessions = 10'000;
const std::vector<std::string> sessions_names{"limit", "namespace"};

boost::json::object to_json(const ledger::totals& held) {
  boost::json::object purposes;
  for (std::size_t i = 0; i < ledger::purposes; ++i) {
    const auto purpose = static_cast<ledger::purpose>(i);
    const auto& entry = held[purpose];
    if (entry.bytes != 0 || entry.objects != 0)
      purposes[ledger::to_string(purpose)] = boost::json::object{{"bytes", entry.bytes}, {"objects", entry.objects}};
  }
  return {{"bytes", held.bytes()}, {"objects", held.objects()}, {"purposes", std::move(purposes)}};
}

http_response show_ledger(const api_state&, const http_request&) {
  boost::json::array threads;
  for (const auto& [name, held] : ledger::report()) {
    auto line = to_json(held);
    line["thread"] = name;
    threads.push_back(std::move(line));
  }
  auto body = to_json(ledger::snapshot());
  body["threads"] = std::move(threads);
  return json_answer(boost::json::serialize(body));
}

http_response show_stats(const api_state& api, const http_request&) {
  const auto now = api.io.stats();
  boost::json::object counters, disconnects;
  for (std::size_t i = 0; i < encke::counters; ++i)
    counters[to_string(static_cast<counter>(i))] = now[static_cast<counter>(i)];
  for (std::size_t i = 0; i < reasons; ++i)
    disconnects[to_string(static_cast<reason>(i))] = now[static_cast<reason>(i)];
  boost::json::object body{{"connections", now.connections},
                           {"sessions", now.sessions},
                           {"sockets", now.sockets},
                           {"users", api.present.users()},
                           {"user_connections", api.present.connections()},
                           {"workers", api.io.threads()}};
  body["counters"] = std::move(counters);
  body["disconnects"] = std::move(disconnects);
  return json_answer(boost::json::serialize(body));
}

task<http_response> list_sessions(api_ptr api, std::vector<std::string> namespaces, std::size_t limit) {
  boost::json::array sessions;
  std::size_t total = 0;
  for (const auto& nsp : namespaces) {
    const auto all = api->io.of(nsp).everyone();
    auto counting = all.count();
    total += co_await std::move(counting);
    auto looking = all.collect(limit - sessions.size(), look_at);
    const auto found = co_await std::move(looking);
    for (const auto& one : found) sessions.push_back(gateway::to_json(one));
  }
  boost::json::object body;
  body["sessions"] = std::move(sessions);
  body["total"] = total;
  co_return json_answer(boost::json::serialize(body));
}

task<http_response> show_sessions(api_ptr api, const http_request& request) {
  fault_list faults;
  allow_only_query(request, sessions_names, faults);
  const auto limit = number_in_query(request, "limit", 1, most_sessions, default_sessions, faults);
  auto namespaces = api->io.namespaces();
  if (const auto asked = request.query_value("namespace"))
    namespaces = {known_namespace(api->io, *asked, "?namespace", faults)};
  if (!faults.empty()) return answer_soon(refuse(std::move(faults).to_refusal()));
  return list_sessions(std::move(api), std::move(namespaces), limit);
}

constexpr std::array<api_route, 7> table{{
    {.method = "GET", .pattern = "/debug", .needs_key = false, .now = page_way},
    {.method = "GET", .pattern = "/debug/", .needs_key = false, .now = page_view},
    {.method = "GET", .pattern = "/debug/assets/{file}", .needs_key = false, .now = page_asset_view},
    {.method = "GET", .pattern = "/debug/ledger", .now = show_ledger},
    {.method = "GET", .pattern = "/debug/stats", .now = show_stats},
    {.method = "GET", .pattern = "/debug/sessions", .later = show_sessions},
    {.method = "GET", .pattern = "/debug/rooms", .later = rooms_view},
}};

std::vector<std::span<const api_route>> all_routes() {
  return {table, memory_routes(), profile_routes(), metrics_routes()};
}

}  // namespace

void add_debug(server& io, api_options options, const presence& present) {
  const auto api = make_state(io, present, std::move(options));
  for (const auto& routes : all_routes()) add_routes(api, routes);
}

std::vector<api_operation> debug_operations() {
  std::vector<api_operation> all;
  for (const auto& routes : all_routes())
    for (const auto& one : operations_of(routes)) all.push_back(one);
  return all;
}

}  // namespace encke::gateway
