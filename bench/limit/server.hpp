// SPDX-License-Identifier: MIT
// Server: the loop, one thread on epoll. A turn of the loop reads each connection that is ready once, answers it with
// one write, then writes once to each client whose rooms were sent something, and at last frees what ended.
// loop.cpp is connections and bytes, requests.cpp is HTTP, sessions.cpp is Engine.IO, events.cpp is Socket.IO and the
// application. Nothing is bounded but the size of one head, body and message: see README.md.
#pragma once

#include <cstring>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "http.hpp"
#include "random.hpp"
#include "session.hpp"
#include "token.hpp"
#include "turn.hpp"

namespace limit {

struct options {
  std::uint16_t port = 0;
  std::string secret;
  std::int64_t ping_interval = 25'000, ping_timeout = 20'000;  // milliseconds
};

class server {
 public:
  explicit server(const options&);
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[noreturn]] void run();

 private:
  // loop.cpp
  void turn_once();
  void accept_all();
  void on_readable(connection&);
  void on_writable(connection&);
  [[nodiscard]] std::size_t consume(connection&, char* bytes, std::size_t size);
  void write(connection&, std::string_view);
  void hang_up_after_last_answer(connection&);
  void watch(const connection&, int operation, std::uint32_t events);
  void drop(connection&);
  void free_ended();

  // requests.cpp
  [[nodiscard]] std::size_t take_request(connection&, std::string_view);
  void answer(connection&, const request&);
  void answer_opening(connection&, const request&);
  void answer_poll(connection&, session&);
  void answer_post(session&, std::string_view body);
  void answer_publish(std::string_view body);
  void refuse(std::string_view code_and_message);

  // sessions.cpp
  session& open(std::string_view user, bool polling);
  [[nodiscard]] std::string open_packet(const random_id&) const;
  [[nodiscard]] session* find(std::string_view sid) const;
  [[nodiscard]] std::size_t take_frame(connection&, char* bytes, std::size_t size);
  void on_packet(session&, std::string_view);
  void on_pong(session&);
  void on_time();
  [[nodiscard]] int milliseconds_to_wait() const;
  /// Frames for one client, by whichever way it has.
  void deliver(session&, std::string_view frames);
  /// Answers the GET that waits, if one does and there is something to say.
  void flush(session&);
  void close(session&);

  // events.cpp
  void on_message(session&, std::string_view);
  void connect(session&, std::string_view rest);
  void on_event(session&, std::string_view);
  void tell(session&, std::string_view rest);
  /// To the client whose bytes are being read.
  void reply(session&, std::initializer_list<std::string_view> packet);
  void send(room*, std::initializer_list<std::string_view> packet);

  struct id_hash {
    std::size_t operator()(const random_id& one) const {
      std::size_t value = 0;
      std::memcpy(&value, one.data(), sizeof value);  // random as it is
      return value;
    }
  };

  options options_;
  token_check tokens_;
  id_source ids_;
  turn turn_;
  connection* reading_ = nullptr;
  int epoll_ = -1, listener_ = -1;
  std::uint16_t port_ = 0;
  std::int64_t now_ = 0;                                      // milliseconds, from time to time
  std::vector<std::unique_ptr<connection>> connections_;      // by descriptor
  std::unordered_map<random_id, session*, id_hash> polling_;  // by id
  waiting to_ping_, pinged_;                                  // each in order of `due`
  std::vector<connection*> ended_;                            // of this turn
  std::vector<std::unique_ptr<session>> ended_sessions_;      // of this turn
  std::vector<char> input_;                                   // for every recv
  std::string out_, answer_;                                  // what the connection being read is answered; a GET's
};

}  // namespace limit
