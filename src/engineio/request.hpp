// SPDX-License-Identifier: MIT
// Request: what an HTTP request on the Engine.IO path asks for, the checks in the protocol's order, and their error
// replies. The HTTP side of a connection calls parse_request, finds the session by `sid`, then calls check_session.
// Pure: knows no session table; an unknown session is a null pointer.
#pragma once

#include <boost/assert/source_location.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "encke/error.hpp"
#include "engineio/packet.hpp"
#include "engineio/settings.hpp"
#include "http/query.hpp"

namespace encke::http {
struct request;
struct response;
}  // namespace encke::http

namespace encke::engineio {

class session;

/// What the query and the head of a request say.
struct request_info {
  revision rev = revision::v4;
  transport to = transport::polling;
  bool upgrade = false;  ///< the request asks for a WebSocket
  bool base64 = false;   ///< `b64` or `j`: the client cannot receive binary
  std::string sid;       ///< empty: a handshake
  http::query query;     ///< of a handshake: all parameters, decoded
  std::optional<std::string>
      jsonp;  ///< the digits of `j`, if there was a `j`; the handshake's one holds for the session
};

/// With the number that clients see as `code`.
enum class request_error : std::uint8_t {
  transport_unknown = 0,
  unknown_sid = 1,
  bad_handshake_method = 2,
  bad_request = 3,
  forbidden = 4,
  unsupported_version = 5,
};

/// The exact message that clients see, e.g. "Session ID unknown".
[[nodiscard]] std::string_view to_string(request_error) noexcept;
/// Called by `result::value()` when there is no value.
[[noreturn]] void throw_exception_from_error(request_error, const boost::source_location&);

/// All checks that need no session table. A handshake that passes is admitted as far as Engine.IO is concerned.
[[nodiscard]] result<request_info, request_error> parse_request(const http::request&, const settings&);

/// For a request with a sid: known, on the right transport, of the same revision. `known` is null for a sid that is not
/// in the table. Nothing if the request may go on; a WebSocket then asks `session::on_probe` after its 101.
[[nodiscard]] std::optional<request_error> check_session(const request_info&, const session* known) noexcept;

/// The answer to a plain HTTP request: `{"code":1,"message":"Session ID unknown"}`, 403 for `forbidden`, else 400.
/// `message` replaces the usual one (a hook's own refusal). CORS headers are the caller's to add.
[[nodiscard]] http::response error_response(request_error, std::string_view message = {});

/// Appends the whole answer to an upgrade request: always 400, the bare message, then the connection closes.
/// With a Date field unless `date` is empty.
void append_upgrade_error(std::string& out, request_error, std::string_view message = {}, std::string_view date = {});

/// The data of the open packet: an object with exactly the five keys of protocol v4.
/// `on` is the transport of the handshake; `upgrades` follows from it.
[[nodiscard]] std::string open_packet_json(std::string_view sid, transport on, const settings&);

}  // namespace encke::engineio
