// SPDX-License-Identifier: MIT
// Client: the Socket.IO side of one session: decodes its messages, keeps its sockets by namespace, and says good-bye.
// Owned by net/session, which feeds it; speaks back through `link`. Lives on one worker.
#pragma once

#include <base/few.hpp>
#include <encke/handshake.hpp>
#include <encke/ledger.hpp>
#include <encke/parser.hpp>
#include <encke/reason.hpp>
#include <hub/link.hpp>
#include <hub/socket_state.hpp>
#include <memory>
#include <socketio/decoder.hpp>
#include <string>
#include <string_view>

namespace encke {
class admission;
}

namespace encke::hub {

class client final : public receiver, public ledger::charged<ledger::purpose::client> {
 public:
  client(shard& home, hub::link& to, socketio::dialect, handshake opened);
  client(const client&) = delete;
  client& operator=(const client&) = delete;
  ~client() override;

  /// Clients of dialect v4 are connected to "/" without asking.
  void on_open() override;
  void on_text(std::string_view) override;
  void on_binary(std::string_view) override;
  void warm() const override;
  [[nodiscard]] std::size_t held() const override;
  [[nodiscard]] std::string names() const override;
  [[nodiscard]] std::size_t unfinished() const override { return decoder_.held(); }
  void on_upgrade() override;
  /// Every socket leaves.
  void on_closed(reason) override;

  [[nodiscard]] hub::link& link() const { return link_; }
  [[nodiscard]] socketio::dialect dialect() const { return decoder_.spoken(); }
  /// A packet waits for its attachments.
  [[nodiscard]] bool is_waiting() const { return decoder_.is_waiting(); }
  [[nodiscard]] bool has_sockets() const { return !sockets_.empty(); }

  /// The end of a socket's middleware.
  void on_admission(const socket_ptr&, const admission&);
  /// Sends DISCONNECT; with `close`, leaves every namespace and ends the session.
  void disconnect(socket_state&, bool close);

 private:
  void take(result<std::optional<socketio::packet>, socketio::error> decoded);
  void on_packet(const socketio::packet&);
  void on_connect(const socketio::packet&);
  void on_event(const socketio::packet&);
  void on_ack(const socketio::packet&);
  void on_disconnect(const socketio::packet&);
  void open_socket(nsp_core&, handshake_ptr);
  void turn_away(std::string_view nsp, std::string_view why);
  void drop_handshake(socket_state& joined);
  void refuse(std::string_view nsp, std::string_view message, std::string_view data_json = {});
  void forget(const socket_ptr&);
  void leave(socket_ptr, reason);
  void leave_all(reason);
  void detach(socket_state&);
  void close_for_bad_state(std::string_view what);
  void close_session(reason);

  [[nodiscard]] socket_state* find(std::string_view nsp) const;
  /// For walks on which a socket may leave.
  [[nodiscard]] std::vector<socket_ptr> here() const;
  [[nodiscard]] std::string id_in(const nsp_core&) const;
  [[nodiscard]] handshake_ptr handshake_with_auth(const socketio::packet&);
  [[nodiscard]] std::string_view logged_sid() const;
  /// A CONNECT, CONNECT_ERROR or DISCONNECT, encoded for servers without a parser.
  void send_text(packet::kind, std::string_view nsp, const std::string& engine_text);

  shard& home_;
  hub::link& link_;
  socketio::decoder decoder_;
  handshake_ptr opened_;                                 // none once dropped
  few<socket_ptr, 1, ledger::purpose::client> sockets_;  // searched one by one
};

}  // namespace encke::hub
