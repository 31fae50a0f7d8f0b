// SPDX-License-Identifier: MIT
// Polling: what of a session only polling needs, an upgrade from it included: which GET waits for an answer, which POST
// is being read, which WebSocket would take over, and payloads in both directions. Knows the requests and nothing of
// the session, whose state machine says what is to be done here. Gone once the session is on a WebSocket.
#pragma once

#include <encke/ledger.hpp>
#include <engineio/legacy_text.hpp>
#include <engineio/payload.hpp>
#include <net/outbox.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace encke::net {

class http_exchange;
class websocket_transport;

/// The packets of one POST.
class posted {
 public:
  /// `body` outlives it. `may_be_1x`: text may be encoded twice (engineio/legacy_text.hpp).
  posted(engineio::revision rev, engineio::payload_form form, std::string_view body, bool may_be_1x)
      : packets_{rev, form, body}, may_be_1x_{may_be_1x} {}

  /// As engineio::payload_decoder::next: the packet's data live until the next call.
  [[nodiscard]] result<std::optional<engineio::packet>, engineio::error> next();

 private:
  engineio::payload_decoder packets_;
  std::string decoded_;  // what the last packet borrows from, when it was encoded twice
  bool may_be_1x_;
};

class polling final : public ledger::charged<ledger::purpose::session> {
 public:
  /// `is_json`: what is above speaks Socket.IO, so text may be rewritten for pollers of 1.x. `jsonp`: the digits of
  /// `j`.
  polling(engineio::revision rev, bool is_json, std::optional<std::string> jsonp = {})
      : jsonp_{std::move(jsonp)}, rev_{rev}, may_be_1x_{rev == engineio::revision::v3 && is_json} {}

  // --- who is there: one GET and one POST at a time, and one WebSocket that may take over ---
  /// From now on this is the pending GET.
  void wait(http_exchange& get) { get_ = &get; }
  /// From now on this is the POST that is being read.
  void read(http_exchange& post) { post_ = &post; }
  /// It was read to its end, or given up.
  void forget_post() { post_ = nullptr; }
  /// Closes the connection of a POST that is being read.
  void abort_post();
  /// The request is gone; true if it was the one that waited, or was being read.
  [[nodiscard]] bool forget_get(const http_exchange& gone) { return forget(get_, gone); }
  [[nodiscard]] bool forget_post(const http_exchange& gone) { return forget(post_, gone); }

  /// From now on this is the WebSocket that may take over; `base64`: it would get no binary.
  void probe(websocket_transport&, bool base64);
  [[nodiscard]] websocket_transport* probing() const { return probing_; }
  [[nodiscard]] bool probe_base64() const { return probe_base64_; }
  /// It takes over, is closed or gone: returned for the last time. Null if there is none.
  websocket_transport* forget_probing() { return std::exchange(probing_, nullptr); }

  /// Nobody is there.
  [[nodiscard]] bool is_idle() const { return !get_ && !post_ && !probing_; }
  /// The session is over: its requests forget it, the WebSocket is closed at once.
  void end();

  // --- payloads ---
  /// Answers the GET that opens the session with the open packet's data.
  void open(http_exchange& handshake, std::string_view sid, std::string_view data) const;
  /// Answers the pending GET, if there is one.
  void answer(std::string_view payload, bool binary = false);
  /// The same with all that waits, or a noop. Leaves the queue empty.
  void flush(outbox&, bool base64);
  /// The JSON text of a POST by JSONP out of its form; nothing if it is not in there. Others as they are.
  [[nodiscard]] std::optional<std::string_view> body_of(std::string_view received, std::string& scratch) const;
  /// The packets of what `body_of` returned, which outlives them. This may be gone before them.
  [[nodiscard]] posted packets_of(std::string_view body, bool octet_stream) const;

  /// Bytes of memory, the connections of the requests included.
  [[nodiscard]] std::size_t held() const;
  /// Bytes of a POST, or of a message on the probing WebSocket, that is not whole yet.
  [[nodiscard]] std::size_t unfinished() const;

 private:
  [[nodiscard]] static bool forget(http_exchange*& kept, const http_exchange& gone) {
    return kept == &gone && std::exchange(kept, nullptr);
  }
  void add_text(engineio::payload_encoder&, std::string_view packet) const;

  http_exchange* get_ = nullptr;
  http_exchange* post_ = nullptr;
  websocket_transport* probing_ = nullptr;
  std::optional<std::string> jsonp_;
  bool probe_base64_ = false;
  engineio::revision rev_;
  bool may_be_1x_;  // pollers of Socket.IO 1.x cannot be told from those of 2.x (engineio/legacy_text.hpp)
};

}  // namespace encke::net
