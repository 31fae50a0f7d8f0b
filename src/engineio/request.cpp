// SPDX-License-Identifier: MIT
// Reads and checks requests on the Engine.IO path, in the order in which clients can tell the checks apart by their
// errors. Relies on http for the query and the fields. What the table of sessions has to answer is asked by
// check_session.
#include "engineio/request.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include "engineio/json_string.hpp"
#include "engineio/session.hpp"
#include "http/query.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

namespace encke::engineio {

namespace {

constexpr std::size_t most_jsonp_digits = 20;  // a client counts its callbacks from 0

std::optional<transport> transport_of(std::optional<std::string_view> name, const settings& s) {
  if (name == "polling" && s.polling) return transport::polling;
  if (name == "websocket" && s.websocket) return transport::websocket;
  return std::nullopt;
}

bool has_illegal_character(std::string_view field) {
  return std::ranges::any_of(field, [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; });
}

std::string digits_of(std::string_view text) {
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
  return digits;
}

/// The checks of a request without a sid.
std::optional<request_error> check_handshake(const request_info& info, std::string_view method, const settings& s) {
  if (method != "GET" && method != "HEAD") return request_error::bad_handshake_method;
  if (info.upgrade != (info.to == transport::websocket)) return request_error::bad_request;
  if (info.rev == revision::v3 && !s.allow_eio3) return request_error::unsupported_version;
  return std::nullopt;
}

}  // namespace

std::string_view to_string(request_error e) noexcept {
  switch (e) {
    case request_error::transport_unknown: return "Transport unknown";
    case request_error::unknown_sid: return "Session ID unknown";
    case request_error::bad_handshake_method: return "Bad handshake method";
    case request_error::bad_request: return "Bad request";
    case request_error::forbidden: return "Forbidden";
    case request_error::unsupported_version: return "Unsupported protocol version";
  }
  return "Bad request";
}

void throw_exception_from_error(request_error e, const boost::source_location&) {
  throw std::runtime_error{"engine.io: " + std::string{to_string(e)}};
}

result<request_info, request_error> parse_request(const http::request& request, const settings& s) {
  http::query query{request.query()};
  const auto to = transport_of(query.get("transport"), s);
  if (!to) return request_error::transport_unknown;
  if (has_illegal_character(request.header("origin"))) return request_error::bad_request;

  request_info info;
  info.to = *to;
  // Anything but exactly 4 is an old client: v3 clients may leave EIO out.
  info.rev = query.get("EIO") == "4" ? revision::v4 : revision::v3;
  info.upgrade = request.upgrade && request.header_has_token("upgrade", "websocket");
  info.sid = query.get("sid").value_or("");
  if (const auto j = query.get("j")) info.jsonp = digits_of(*j);
  info.base64 = info.jsonp || !query.get("b64").value_or("").empty();

  if (info.sid.empty())
    if (const auto failed = check_handshake(info, request.method, s)) return *failed;
  if (info.jsonp && info.jsonp->size() > most_jsonp_digits) return request_error::bad_request;
  if (info.jsonp && !s.jsonp && *to == transport::polling) return request_error::bad_request;
  if (info.sid.empty()) info.query = std::move(query);
  return info;
}

std::optional<request_error> check_session(const request_info& info, const session* known) noexcept {
  if (!known) return request_error::unknown_sid;
  if (info.upgrade != (info.to == transport::websocket)) return request_error::bad_request;
  if (!info.upgrade && known->current() != info.to) return request_error::bad_request;
  if (info.rev != known->rev()) return request_error::bad_request;
  return std::nullopt;
}

http::response error_response(request_error e, std::string_view message) {
  http::response response;
  response.status = e == request_error::forbidden ? 403 : 400;
  response.content_type = "application/json";
  response.body = R"({"code":)" + std::to_string(static_cast<int>(e)) + R"(,"message":)";
  append_json_string(response.body, message.empty() ? to_string(e) : message);
  response.body += '}';
  return response;
}

void append_upgrade_error(std::string& out, request_error e, std::string_view message, std::string_view date) {
  const auto text = message.empty() ? to_string(e) : message;
  out += "HTTP/1.1 400 Bad Request\r\n";
  if (!date.empty()) http::append_field(out, "Date", date);
  out += "Connection: close\r\nContent-type: text/html\r\nContent-Length: ";
  out += std::to_string(text.size());
  out += "\r\n\r\n";
  out += text;
}

std::string open_packet_json(std::string_view sid, transport on, const settings& s) {
  const bool can_upgrade = on == transport::polling && s.allow_upgrades && s.websocket;
  std::string out = R"({"sid":)";
  append_json_string(out, sid);
  out += can_upgrade ? R"(,"upgrades":["websocket"])" : R"(,"upgrades":[])";
  out += R"(,"pingInterval":)" + std::to_string(s.ping_interval.count());
  out += R"(,"pingTimeout":)" + std::to_string(s.ping_timeout.count());
  out += R"(,"maxPayload":)" + std::to_string(s.max_payload) + '}';
  return out;
}

}  // namespace encke::engineio
