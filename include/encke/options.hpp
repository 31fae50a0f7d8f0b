// SPDX-License-Identifier: MIT
// Everything about a server that can be chosen, with its default.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <encke/log.hpp>
#include <encke/memory.hpp>
#include <encke/slow.hpp>
#include <encke/transport.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace encke {

class parser;

/// Who may read answers across origins (CORS). Requests are served in any case; the browser blocks the result.
struct cors_options {
  enum class mode : std::uint8_t { off, any, list, reflect };
  mode allow = mode::off;
  std::vector<std::string> origins{};  ///< for `list`
  bool credentials = false;
};

/// A cookie with the session's id on the polling handshake, for balancers that stick by cookie.
struct cookie_options {
  std::string name = "io";
  std::string path = "/";
  bool http_only = true;
  bool secure = false;
  std::string same_site = "Lax";
};

/// WebSocket messages are compressed for clients that offer it (permessage-deflate), each by itself; a broadcast is
/// compressed once for all. The numbers are zlib's.
struct deflate_options {
  std::size_t threshold = 1024;  ///< bytes; shorter messages are sent as they are
  int level = 6;                 ///< 1 (fast) to 9 (small)
  int memory_level = 8;          ///< 1 to 9
  int window_bits = 15;          ///< 9 to 15
};

/// Answers to polls are compressed for clients that accept gzip or deflate, which browsers do.
struct http_compression_options {
  std::size_t threshold = 1024;  ///< bytes; shorter answers are sent as they are
  int level = 6;                 ///< 1 (fast) to 9 (small)
};

/// All that can be chosen about a server.
struct options {
  /// Workers, at most 255; 0: one for each CPU that this process may use, by its affinity and its control group.
  unsigned threads = 0;
  std::string path = "/socket.io/";  ///< where clients connect
  bool handle_signals = false;       ///< SIGINT and SIGTERM stop the server, the second one at once

  std::chrono::milliseconds ping_interval{25'000};
  std::chrono::milliseconds ping_timeout{20'000};
  std::chrono::milliseconds upgrade_timeout{10'000};
  std::chrono::milliseconds connect_timeout{45'000};                            ///< to join a first namespace
  std::vector<transport> transports{transport::polling, transport::websocket};  ///< those that clients may use
  bool allow_upgrades = true;
  bool allow_eio3 = false;  ///< clients of Socket.IO 1.x and 2.x
  bool jsonp = true;  ///< polling by script tags, for browsers without CORS; false: such requests are bad requests
  cors_options cors{};
  std::optional<cookie_options> cookie{};
  /// false: dropped, identity included, once a socket is connected, to save memory; what later handlers need goes into
  /// socket::data in the connect handler
  bool keep_handshake = true;

  /// Another form of packets (parser.hpp), for clients that were given the same; none: the protocol's own. Not with
  /// `allow_eio3`.
  std::shared_ptr<const encke::parser> parser{};

  std::optional<deflate_options> deflate{};                    ///< none: WebSockets are not compressed
  std::optional<http_compression_options> http_compression{};  ///< none: polling is not compressed

  std::size_t max_payload = 1'000'000;           ///< bytes of one POST body or WebSocket message
  std::size_t max_unjoined_payload = 16 * 1024;  ///< the same before a client has joined a namespace
  std::size_t max_attachments = 10;              ///< binary attachments of one packet
  std::size_t max_connections = 0;  ///< TCP connections; 0: as many as the process may open, less a reserve of 64
  std::size_t max_internal_connections = 1000;  ///< those of internal listeners, which are counted apart
  std::size_t max_namespaces = 32;              ///< namespaces that one client may join
  std::size_t max_pending_acks = 256;           ///< answers awaited from one socket
  std::size_t max_answer_bytes = 2 << 20;  ///< bytes of all answers to one question, on each worker; further ones count
                                           ///< as missing
  std::size_t outbox_bytes = 1 << 20;      ///< queued for one client
  std::size_t outbox_messages = 16'384;
  std::chrono::milliseconds outbox_age{0};  ///< that a message may wait; 0: as long as the client is there
  encke::overflow overflow = overflow::close;
  std::vector<slow_rule> slow_rules{};  ///< for some events and rooms; the first that matches holds. At most 250

  memory_options memory{};

  std::size_t http_head = 16 * 1024;               ///< bytes of a request's head
  std::size_t http_headers = 100;                  ///< fields of a request's head
  std::chrono::milliseconds head_timeout{10'000};  ///< to send a whole request head, and to finish a TLS handshake
  std::chrono::milliseconds body_timeout{60'000};  ///< to send a whole body
  std::chrono::milliseconds idle_timeout{75'000};  ///< between two requests of a connection

  std::string client_files{};  ///< folder with socket.io.min.js and its siblings to serve under `path`; "": not served
  log_hook log{};
};

}  // namespace encke
