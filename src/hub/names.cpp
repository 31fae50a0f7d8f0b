// SPDX-License-Identifier: MIT
// Names of the public enums, and the look-ups of the plain public structs.
#include <encke/event_names.hpp>
#include <encke/handshake.hpp>
#include <encke/http.hpp>
#include <encke/memory.hpp>
#include <encke/reason.hpp>
#include <encke/stats.hpp>

#include <http/response.hpp>
#include <http/text.hpp>
#include <socketio/packet.hpp>

namespace encke {

namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;

std::string_view first_header(const pairs& headers, std::string_view name) {
  for (const auto& [key, value] : headers)
    if (http::iequals(key, name)) return value;
  return {};
}

std::optional<std::string_view> last_value(const pairs& list, std::string_view name) {
  for (auto one = list.rbegin(); one != list.rend(); ++one)
    if (one->first == name) return one->second;
  return std::nullopt;
}

}  // namespace

std::string_view handshake::header(std::string_view name) const {
  return first_header(headers, name);
}
std::optional<std::string_view> handshake::query_value(std::string_view name) const {
  return last_value(query, name);
}

bool is_reserved_event(std::string_view name) noexcept {
  return socketio::is_reserved_event(name);
}

std::string_view reason_phrase(unsigned status) noexcept {
  return http::reason_phrase(status);
}

std::string_view http_request::header(std::string_view name) const {
  return first_header(headers, name);
}
std::optional<std::string_view> http_request::query_value(std::string_view name) const {
  return last_value(query, name);
}
std::string_view http_request::param(std::string_view name) const {
  return last_value(params, name).value_or("");
}

std::string_view to_string(reason r) noexcept {
  switch (r) {
    case reason::transport_close: return "transport close";
    case reason::transport_error: return "transport error";
    case reason::ping_timeout: return "ping timeout";
    case reason::parse_error: return "parse error";
    case reason::client_namespace_disconnect: return "client namespace disconnect";
    case reason::server_namespace_disconnect: return "server namespace disconnect";
    case reason::server_shutting_down: return "server shutting down";
    case reason::forced_close: return "forced close";
    case reason::forced_server_close: return "forced server close";
    case reason::connect_timeout: return "connect timeout";
    case reason::slow_reader: return "slow reader";
  }
  return "unknown";
}

std::string_view to_string(shedding step) noexcept {
  switch (step) {
    case shedding::none: return "none";
    case shedding::caches: return "caches";
    case shedding::unjoined: return "unjoined";
    case shedding::handshakes: return "handshakes";
    case shedding::lossy: return "lossy";
    case shedding::slowest: return "slowest";
  }
  return "unknown";
}

std::string_view to_string(counter c) noexcept {
  switch (c) {
    case counter::connections_accepted: return "connections_accepted";
    case counter::connections_closed: return "connections_closed";
    case counter::connections_refused: return "connections_refused";
    case counter::descriptors_short: return "descriptors_short";
    case counter::tls_refused: return "tls_refused";
    case counter::http_requests: return "http_requests";
    case counter::http_errors: return "http_errors";
    case counter::sessions_opened: return "sessions_opened";
    case counter::sessions_closed: return "sessions_closed";
    case counter::sessions_refused: return "sessions_refused";
    case counter::sessions_shed: return "sessions_shed";
    case counter::upgrades: return "upgrades";
    case counter::websocket_errors: return "websocket_errors";
    case counter::sockets_connected: return "sockets_connected";
    case counter::sockets_refused: return "sockets_refused";
    case counter::events_received: return "events_received";
    case counter::events_unhandled: return "events_unhandled";
    case counter::events_mistyped: return "events_mistyped";
    case counter::events_refused: return "events_refused";
    case counter::handler_errors: return "handler_errors";
    case counter::payloads_invalid: return "payloads_invalid";
    case counter::packets_invalid: return "packets_invalid";
    case counter::frames_sent: return "frames_sent";
    case counter::dropped_lossy: return "dropped_lossy";
    case counter::dropped_newest: return "dropped_newest";
    case counter::dropped_oldest: return "dropped_oldest";
    case counter::dropped_replaced: return "dropped_replaced";
    case counter::dropped_expired: return "dropped_expired";
    case counter::dropped_pressure: return "dropped_pressure";
    case counter::cut_bytes: return "cut_bytes";
    case counter::cut_messages: return "cut_messages";
    case counter::cut_age: return "cut_age";
    case counter::cut_memory: return "cut_memory";
    case counter::cut_unfinished: return "cut_unfinished";
    case counter::cut_unjoined: return "cut_unjoined";
    case counter::dropped_answers: return "dropped_answers";
    case counter::pressure_caches: return "pressure_caches";
    case counter::pressure_unjoined: return "pressure_unjoined";
    case counter::pressure_handshakes: return "pressure_handshakes";
    case counter::pressure_lossy: return "pressure_lossy";
    case counter::pressure_slowest: return "pressure_slowest";
    case counter::bytes_received: return "bytes_received";
    case counter::bytes_sent: return "bytes_sent";
  }
  return "unknown";
}

}  // namespace encke
