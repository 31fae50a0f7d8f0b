// SPDX-License-Identifier: MIT
// The opening handshake of a server (RFC 6455 4.2): an upgrade request in, a 101 or a refusal out.
// The connection calls it when a request asks for an upgrade. Extensions are agreed on in deflate.hpp.
#pragma once

#include <encke/error.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace encke::http {
struct request;
}

namespace encke::websocket {

enum class handshake_error {
  bad_method,        ///< not GET
  bad_http_version,  ///< older than 1.1
  no_upgrade,        ///< "Upgrade: websocket" or "Connection: upgrade" is missing
  bad_version,       ///< Sec-WebSocket-Version is not 13
  bad_key,           ///< Sec-WebSocket-Key is not 16 bytes in base64
  bad_protocol,      ///< Sec-WebSocket-Protocol is not a list of tokens
  bad_extensions,    ///< Sec-WebSocket-Extensions is no list of extensions, or has parameters that are not allowed
};

/// 405 for a bad method, 400 for the rest.
[[nodiscard]] unsigned status_of(handshake_error) noexcept;
/// The sentence sent to the peer, e.g. "Missing or invalid Sec-WebSocket-Key header".
[[nodiscard]] std::string_view to_string(handshake_error) noexcept;
/// Called by `result::value()` when there is no value.
[[noreturn]] void throw_exception_from_error(handshake_error, const boost::source_location&);

/// What a good request is answered with.
struct accept {
  std::string key;       ///< Sec-WebSocket-Accept
  std::string protocol;  ///< the first subprotocol the client offered, or ""
};

/// Checks an upgrade request. Path, origin and the like are the caller's business.
[[nodiscard]] result<accept, handshake_error> check(const http::request&);

/// Sec-WebSocket-Accept for a Sec-WebSocket-Key (RFC 6455 4.2.2).
[[nodiscard]] std::string accept_key(std::string_view key);

/// Appends the 101, with a Date field unless `date` is empty. Extra headers with a bad name are left out, line breaks
/// in values dropped.
void append_switching_protocols(std::string& out, const accept&,
                                std::span<const std::pair<std::string, std::string>> extra_headers = {},
                                std::string_view date = {});

/// Appends a whole refusal; the connection is closed after it. A version error names the version that works.
void append_refusal(std::string& out, handshake_error, std::string_view date = {});

}  // namespace encke::websocket
