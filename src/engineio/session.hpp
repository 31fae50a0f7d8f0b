// SPDX-License-Identifier: MIT
// Session: the life of one Engine.IO session as a pure state machine: heartbeat, polling GET and POST, upgrade, close.
// The connection code feeds it events and time, and after EACH event drains take_action() and does what it says, in
// order. It relies on the caller for all I/O: HTTP and WebSocket objects, the outbox and the timer belong to the
// caller. Events may come while an action is being done (a handler that closes, a message that is queued): their
// actions line up.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/timer_wheel.hpp"
#include "engineio/packet.hpp"
#include "engineio/payload.hpp"
#include "engineio/settings.hpp"

namespace encke::engineio {

/// Why a session ended.
enum class close_reason : std::uint8_t {
  transport_error,
  transport_close,
  ping_timeout,
  parse_error,
  forced_close,
  server_shutdown,
};

/// As applications see it, e.g. "ping timeout".
[[nodiscard]] std::string_view to_string(close_reason) noexcept;

/// What the caller has to do now.
struct action {
  enum class kind : std::uint8_t {
    send,                 ///< put the text packet `data` (ping or pong, no data) into the outbox
    deliver,              ///< `data` is a message for the layer above; borrowed from the packet given to on_packet
    flush_poll,           ///< answer the pending GET with everything queued (with a noop, should that be nothing)
    answer_poll,          ///< answer the pending GET with just control_payload(rev(), answer)
    probe_pong,           ///< send `3probe` on the probing WebSocket
    switch_to_websocket,  ///< the probing WebSocket is now the current transport: write the outbox there
    close_probe,          ///< close the probing WebSocket with an empty close frame
    close_websocket,  ///< write what is queued, then an empty close frame; the connection outlives the session for that
    closing,          ///< tell the layer above, with `reason`; comes exactly once, before the other effects of the end
    ended,  ///< remove the session, stop its timer, drop its outbox unless it is being written; exactly once, last
  };
  kind what = kind::ended;
  close_reason reason = close_reason::transport_error;  ///< closing, ended
  poll_answer answer = poll_answer::noop;               ///< answer_poll
  packet data{};                                        ///< send, deliver
};

class session {
 public:
  enum class poll_verdict : std::uint8_t {
    wait,     ///< this GET is the pending one now; an action says when and how to answer it (perhaps at once)
    overlap,  ///< answer this GET 400 with an empty body; the actions end the session and answer the earlier GET
  };
  enum class post_verdict : std::uint8_t {
    read,     ///< go on with the body, then on_post_end
    overlap,  ///< answer this POST 400 with an empty body, drop the connection of the earlier POST; the session ends
    refused,  ///< answer this POST 400 with an empty body (v4 takes no octet-stream); the session ends
  };

  /// The session begins with its open packet, which the caller sends. `settings` outlives it.
  session(const settings&, revision, transport, time_point now);

  // --- polling. A GET is pending from `wait` until flush_poll or answer_poll: from then on it is forgotten here ---

  /// A GET arrived; ask check_session first. `has_queued`: the outbox is not empty.
  [[nodiscard]] poll_verdict on_poll(bool has_queued, time_point now);
  /// The TCP connection of the pending GET is gone.
  void on_poll_gone();
  /// The head of a POST arrived. `octet_stream`: its Content-Type is exactly application/octet-stream.
  [[nodiscard]] post_verdict on_post_begin(bool octet_stream);
  /// The body is complete (or was refused with 413, which closes nothing). True: decode it, feed on_packet packet by
  /// packet and on_parse_error at a bad one; false: drop it, the answer is `ok`.
  [[nodiscard]] bool on_post_end();
  /// The TCP connection of a POST is gone before its body was complete.
  void on_post_aborted();

  // --- packets of the current transport ---

  void on_packet(const packet&, time_point now);
  /// The short way for what nearly all packets are: a message to an open session that has nothing else to do. True: the
  /// caller delivers it at once. False: it goes to on_packet.
  [[nodiscard]] bool on_message(const packet&, time_point now);
  void on_parse_error();

  // --- upgrade and WebSocket ---

  /// A WebSocket with this sid was opened (101 sent). True: it is the probing one now, its packets go to
  /// on_probe_packet. False: close only the newcomer, with an empty close frame.
  [[nodiscard]] bool on_probe(time_point now);
  /// Packets of the probing WebSocket, one at a time: after switch_to_websocket the next one goes to on_packet.
  void on_probe_packet(const packet&, time_point now);
  /// The probing WebSocket carried something that is no packet.
  void on_probe_parse_error();
  /// The probing WebSocket closed or failed. The session stays on polling.
  void on_probe_gone();
  /// The current WebSocket closed (transport_close) or failed (transport_error). Nothing is sent on it any more.
  void on_websocket_gone(close_reason);

  // --- output ---

  /// The outbox got something. With a GET pending the action is flush_poll; on WebSocket the caller writes by itself.
  void on_queued();
  /// A message queued now would leave at once: a GET is pending or the WebSocket is current.
  [[nodiscard]] bool is_writable() const noexcept {
    return is_open() && (current_ == transport::websocket || has_poll_);
  }

  // --- close by the server ---

  /// Orderly: what is queued still goes out. On polling without a pending GET the session stays for the next GET, at
  /// most `polling_close_grace`; the layer above hears `closing` at once. Does nothing when already closing.
  void close(bool has_queued, time_point now);
  /// At once: what is queued on polling is dropped.
  void shutdown();

  // --- time ---

  void on_time(time_point now);
  /// When on_time has something to do; it may move with every event. Nothing once the session has ended.
  [[nodiscard]] std::optional<time_point> next_deadline() const noexcept;

  /// The next thing to do. Call after every event until it is empty.
  [[nodiscard]] std::optional<action> take_action();
  [[nodiscard]] bool has_action() const noexcept { return step_count_ != 0; }

  [[nodiscard]] revision rev() const noexcept { return revision_; }
  [[nodiscard]] transport current() const noexcept { return current_; }
  [[nodiscard]] bool is_open() const noexcept { return phase_ == phase::open; }
  [[nodiscard]] bool is_closing() const noexcept { return phase_ == phase::closing; }  ///< waits for its last GETs
  [[nodiscard]] bool is_closed() const noexcept { return phase_ == phase::closed; }
  [[nodiscard]] bool is_upgrading() const noexcept { return probe_ != probe::none; }
  [[nodiscard]] bool has_pending_poll() const noexcept { return has_poll_; }
  [[nodiscard]] bool is_reading_post() const noexcept { return has_post_; }

 private:
  enum class phase : std::uint8_t { open, closing, closed };
  enum class probe : std::uint8_t { none, connected, answered };
  enum class heartbeat : std::uint8_t { idle, pinged, extended };
  enum class websocket_is : std::uint8_t { open, gone };
  struct step {  // an action as it waits
    action::kind what : 4;
    std::uint8_t detail : 4;
  };
  static_assert(sizeof(step) == 1);
  static constexpr std::size_t most_steps = 12;

  void push(action::kind, std::uint8_t detail = 0);
  void send(packet_type);
  void answer(poll_answer);
  void flush();
  void drop_probe();
  void tell(close_reason);
  void end(close_reason, poll_answer = poll_answer::close, websocket_is = websocket_is::open);
  void hear_from_client(packet_type, time_point now);
  void let_upgrade(time_point now);
  void on_heartbeat_due(time_point now);
  void on_upgrade_packet();
  [[nodiscard]] bool is_noop_waiting() const noexcept { return has_poll_ && probe_ == probe::answered; }

  const settings* settings_;
  time_point deadline_;        // heartbeat while open, end of the grace while closing
  time_point probe_deadline_;  // the probe has to be over; valid while probing
  time_point noop_at_;         // the pending GET gets a noop; valid while a probe is answered and a GET is pending
  const char* delivered_ = nullptr;
  std::array<step, most_steps> steps_{};
  std::uint32_t delivered_size_ = 0;
  std::uint8_t first_step_ = 0;
  std::uint8_t step_count_ = 0;
  std::uint8_t noops_ = 0;  // given at once since the probe began
  revision revision_ : 4;
  transport current_ : 2;
  close_reason reason_ = close_reason::transport_error;  // once told
  phase phase_ : 2 = phase::open;
  probe probe_ : 2 = probe::none;
  heartbeat heartbeat_ : 2 = heartbeat::idle;
  bool delivers_binary_ : 1 = false;
  bool has_poll_ = false;
  bool has_post_ = false;
};
static_assert(sizeof(session) <= 64);  // one for each client

}  // namespace encke::engineio
