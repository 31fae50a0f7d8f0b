// SPDX-License-Identifier: MIT
// The matrix of ways out: every kind of client x every stage it can be in x every way it can end. Which combinations
// exist, why the others do not, and which of them the server can only notice by a deadline.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/engine_client.hpp"

namespace encke::test::matrix {

/// How far a client has come.
enum class stage : std::uint8_t {
  connected,         ///< TCP, and nothing sent
  in_tls_handshake,  ///< half a ClientHello
  secured,           ///< TLS, and no request
  in_head,           ///< half a request's head
  opened,            ///< a session, no namespace
  in_middleware,     ///< a middleware has not decided yet
  refused,           ///< by a middleware; the session goes on
  joined,            ///< in "/", in a room, with state
  get_pending,
  in_post,         ///< half a POST's body
  in_frame,        ///< half a frame
  in_message,      ///< one fragment of a message
  in_attachments,  ///< one of two attachments
  ack_awaited,     ///< by a handler of the server
  in_handler,      ///< a handler has not returned yet
  upgrade_begun,   ///< WebSocket open, no probe
  probe_answered,
  upgraded,
  closing,  ///< closed by the server; the client has not reacted
  blocked,  ///< does not read what it is sent
};
inline constexpr std::size_t stages = static_cast<std::size_t>(stage::blocked) + 1;

/// What happens then.
enum class ending : std::uint8_t {
  close_frame,
  close_packet,  ///< of Engine.IO
  leaves,        ///< a DISCONNECT packet, then the client goes
  fin,
  half_close,
  reset,
  silence,       ///< the client stays and says nothing
  never_joins,   ///< the client stays, and no namespace lets it in
  broken_tls,    ///< a broken record
  broken_http,   ///< a broken request
  broken_frame,  ///< of the WebSocket
  bad_packet,    ///< of Engine.IO
  bad_message,   ///< of Socket.IO
  too_large,     ///< a head, a body or a message
  disconnected,  ///< by the server, from the namespace; then the client goes
  closed,        ///< by the server, with its connection
  too_slow,      ///< more is sent to it than its queue takes
  stopped,       ///< the server stops
};
inline constexpr std::size_t endings = static_cast<std::size_t>(ending::stopped) + 1;

struct cell {
  way kind;
  stage at = stage::connected;
  ending by = ending::fin;

  /// As a test's name, e.g. "websocket_eio4_in_frame_reset".
  [[nodiscard]] std::string name() const;
};

/// E.g. "frame half sent".
[[nodiscard]] std::string_view words(stage);
[[nodiscard]] std::string_view words(ending);
/// The same as a name, and short enough for the head of a column.
[[nodiscard]] std::string_view short_name(stage);
[[nodiscard]] std::string_view short_name(ending);

/// Carrier x revision x plain or TLS.
[[nodiscard]] const std::vector<way>& every_kind();

/// Why there is no such combination; "" if there is.
[[nodiscard]] std::string_view impossible(const cell&);
[[nodiscard]] std::vector<cell> possible_cells();

/// The client is on a WebSocket, or about to ask for one.
[[nodiscard]] bool is_on_websocket(const cell&);
/// There is a session, and it polls.
[[nodiscard]] bool is_polling(const cell&);
[[nodiscard]] bool has_session(stage);
[[nodiscard]] bool has_probe(stage);

/// What kind of server, and which company, a cell needs.
enum class scene : std::uint8_t {
  prompt,       ///< the server notices at once: long deadlines, one cell after another
  by_deadline,  ///< short deadlines, all cells at once
  never_joins,  ///< the same, where only the time to join is short
  stop,         ///< all cells at once, then the server stops
};
[[nodiscard]] scene scene_of(const cell&);

}  // namespace encke::test::matrix
