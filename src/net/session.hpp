// SPDX-License-Identifier: MIT
// Session: one Engine.IO session at work: feeds its state machine (engineio/session) and does what it says, with the
// connections that carry it at the moment, its outbox, its deadline, and the receiver above it.
// Owned by the worker whose number is in its sid.
#pragma once

#include <array>
#include <base/alarm.hpp>
#include <base/random.hpp>
#include <encke/handshake.hpp>
#include <encke/ledger.hpp>
#include <engineio/request.hpp>
#include <engineio/session.hpp>
#include <hub/link.hpp>
#include <memory>
#include <net/outbox.hpp>
#include <net/peer_address.hpp>
#include <net/polling.hpp>
#include <net/slow_rules.hpp>
#include <optional>
#include <string>
#include <websocket/reader.hpp>

namespace encke::net {

class http_exchange;
class websocket_transport;
class worker;

/// How a session begins.
struct opening {
  engineio::request_info request;
  handshake sent;
  peer_address peer;
  bool secure = false;
};

class session final : public hub::link, public alarm, public ledger::charged<ledger::purpose::session> {
 public:
  session(worker& home, opening);
  ~session();

  [[nodiscard]] std::string_view sid() const override { return {sid_.data(), sid_.size()}; }
  [[nodiscard]] const engineio::session& engine() const { return engine_; }
  /// Requests of foreign pages are refused (handshake::own_pages_only).
  [[nodiscard]] bool own_pages_only() const { return own_pages_only_; }

  /// The session is in the worker's table and its first transport is ready: sends the open packet and lets the receiver
  /// know. A poller's open packet is the answer to its handshake, anything else waits for the next GET.
  void open_polling(http_exchange& handshake);
  void open_websocket(websocket_transport& first);

  // --- the HTTP side: each is called once per request, which is then answered by the session or told to answer ---
  enum class verdict : std::uint8_t { taken, overlap };
  [[nodiscard]] verdict on_get(http_exchange&);
  [[nodiscard]] verdict on_post_begin(http_exchange&, bool octet_stream);
  /// False: it cannot be read, which was counted and logged; the answer is a bad request.
  [[nodiscard]] bool on_post(std::string_view body, bool octet_stream);
  void on_post_too_large();
  /// The connection of the pending GET or of the POST being read is gone.
  void on_gone(http_exchange&);

  // --- the WebSocket side ---
  /// False: the newcomer is to be closed.
  [[nodiscard]] bool on_probe(websocket_transport&, bool base64);
  void on_message(websocket_transport&, const websocket::message&);
  void on_gone(websocket_transport&, engineio::close_reason);
  [[nodiscard]] bool is_current(const websocket_transport& one) const { return current_ == &one; }
  /// A message comes soon (base/prefetch.hpp).
  void warm_receiver(unsigned step) const;
  [[nodiscard]] outbox& queue() { return outbox_; }
  /// Leaves out of the queue what has waited too long.
  void expire_queue();
  [[nodiscard]] wire_form form() const { return {.rev = engine_.rev(), .base64 = base64_}; }

  // --- hub::link ---
  bool send(const hub::frame_ptr&, bool lossy) override;
  void send_text(std::span<const std::string_view> packet) override;
  void close(reason) override;
  void on_joined() override;
  void warm(unsigned step) const override;
  [[nodiscard]] hub::link_facts facts() const override;
  [[nodiscard]] encke::weight weight() const override;

  /// Its sockets, for a log.
  [[nodiscard]] std::string names() const { return receiver_->names(); }
  /// Bytes that one message or payload may have: few before a first namespace was joined.
  [[nodiscard]] std::size_t most_payload() const;
  [[nodiscard]] bool has_joined() const { return joined_; }
  /// Bytes of messages and payloads that are not whole yet.
  [[nodiscard]] std::size_t unfinished() const;
  [[nodiscard]] time_point opened_at() const { return opened_at_; }
  [[nodiscard]] bool has_waiting() const { return !outbox_.empty(); }
  /// Ends it at the end of the turn, as a slow reader.
  void cut(too_much);
  /// The server stops: ends at once.
  void on_stop();
  /// What was put off to the end of the turn: answering the pending GET with all that was queued, closing a slow
  /// reader.
  void on_turn_end();
  /// It waits for `on_turn_end`.
  [[nodiscard]] bool is_put_off() const { return put_off_; }
  /// Does what is due by now; the timers, which are coarse, may not have come to it yet. It may end by that.
  void look_at_time(time_point now);
  void on_alarm(time_point now) override { look_at_time(now); }

 private:
  void note_unreadable(std::string_view why) const;
  void deliver(const engineio::packet& message);
  void drive();
  void act(const engineio::action&);
  void on_ended();
  void put_off();
  void flush_websocket();
  void arm();
  [[nodiscard]] polling& on_polling();
  [[nodiscard]] websocket_transport* probing() const { return polling_ ? polling_->probing() : nullptr; }
  [[nodiscard]] std::string open_packet(engineio::transport) const;
  [[nodiscard]] time_point connect_deadline() const;
  [[nodiscard]] bool make_room(hub::label, std::size_t bytes);
  void cut_now();
  [[nodiscard]] reason reason_of(engineio::close_reason) const;

  worker& home_;
  std::array<char, random::id_size> sid_;
  peer_address peer_;
  std::optional<reason> decided_;  // why the hub or the outbox ends it
  bool base64_;                    // of the current transport: binary goes out as text
  bool secure_;
  bool own_pages_only_;
  bool joined_ = false;
  bool driving_ = false;
  bool put_off_ = false;
  too_much cut_ = too_much::nothing;  // will be disconnected for it
  engineio::session engine_;
  outbox outbox_;
  std::unique_ptr<polling> polling_;  // none once it is on a WebSocket
  websocket_transport* current_ = nullptr;
  time_point opened_at_;
  std::unique_ptr<hub::receiver> receiver_;
};

}  // namespace encke::net
