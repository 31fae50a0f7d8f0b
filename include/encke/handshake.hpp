// SPDX-License-Identifier: MIT
// What a client sent when it connected. Seen by allow_request, by middleware and by handlers.
#pragma once

#include <any>
#include <boost/json/conversion.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <encke/export.hpp>
#include <encke/transport.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace encke {

/// The HTTP request that opened the session, and the payload of the CONNECT packet.
struct ENCKE_API handshake {
  std::string address;                                       ///< IP address of the peer, without port
  std::string url;                                           ///< request target as sent; may hold secrets: do not log
  std::vector<std::pair<std::string, std::string>> headers;  ///< in order of arrival
  std::vector<std::pair<std::string, std::string>> query;    ///< decoded
  boost::json::object auth;                        ///< CONNECT payload (or the namespace's query of old clients)
  std::chrono::system_clock::time_point issued{};  ///< when the session was opened
  unsigned protocol = 4;                           ///< Engine.IO revision: 3 or 4
  encke::transport transport = encke::transport::polling;  ///< by which the session was opened
  bool secure = false;                                     ///< over TLS
  /// A web page of another origin sent the request: by `Origin`, else `Sec-Fetch-Site`, else `Referer` neither this
  /// host nor listed in `options::cors`. JSONP is foreign unless one of these says otherwise; who is no browser is not.
  bool foreign = false;
  /// For allow_request to set: later requests of this session that are `foreign` are refused with 403.
  bool own_pages_only = false;
  std::any identity;  ///< what allow_request or a middleware found out about the client

  /// The first header of this name (case-insensitive), or "".
  [[nodiscard]] std::string_view header(std::string_view name) const;
  /// The last query parameter of this name, if any.
  [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const;

  /// As `socket.handshake` of Socket.IO: `headers` (names in lower case), `time`, `address`, `xdomain`, `secure`,
  /// `issued` (milliseconds since 1970), `url`, `query` (a list where a name came more than once) and `auth`. It may
  /// hold secrets. Emitting a handshake, and returning it from a handler, sends the same.
  [[nodiscard]] boost::json::object to_json() const;
};

inline void tag_invoke(boost::json::value_from_tag, boost::json::value& out, const handshake& from) {
  out = from.to_json();
}

}  // namespace encke
