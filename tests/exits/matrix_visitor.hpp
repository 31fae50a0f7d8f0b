// SPDX-License-Identifier: MIT
// A client of the matrix: brought to a stage when it is made, and ended the way its cell says. What goes otherwise than
// it should throws std::runtime_error.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "exits/matrix_server.hpp"

namespace encke::test::matrix {

class visitor {
 public:
  visitor(matrix_server&, const cell&);
  visitor(const visitor&) = delete;
  visitor& operator=(const visitor&) = delete;
  ~visitor();

  /// Does the client's part of the ending, or has the server do its own, and sees to it that what has to be answered
  /// is. Afterwards the client does nothing any more.
  void end();
  /// The server has closed each of the connections.
  [[nodiscard]] bool was_closed_by_server();

 private:
  // --- to a stage ---
  void connect();
  void open();
  void join();
  void advance();
  void wait_in(std::string_view packet);
  void wait_for_more_bytes(std::uint64_t before, std::size_t size);
  [[nodiscard]] std::unique_ptr<scripted_peer> plain_connection();
  void send_half_post();
  void begin_upgrade();
  void be_closed();
  void stop_reading();

  // --- to the end ---
  void go();
  void say(std::string_view packet);
  void say_last(std::string_view packet);
  void finish_post(std::string_view packet);
  void poll_to_the_end();
  void break_tls();
  void break_http();
  void break_websocket();
  void send_bad_message();
  void send_too_much();
  void be_disconnected(bool close);
  void be_flooded();
  void each(const std::function<void(scripted_peer&)>& act);
  [[nodiscard]] scripted_peer& websocket();
  [[nodiscard]] scripted_peer& active();
  static void expect_closed(scripted_peer&);

  matrix_server& server_;
  cell cell_;
  std::string key_;
  std::unique_ptr<scripted_peer> raw_;  // before there is a session
  std::optional<engine_client> client_;
  std::unique_ptr<scripted_peer> probe_;
};

}  // namespace encke::test::matrix
