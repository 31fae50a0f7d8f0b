// SPDX-License-Identifier: MIT
// The server of the matrix: handlers that bring a client to each stage, and a second listener by which a test has the
// server act on one client. Clients are told apart by the query parameter `key`, which names their room.
#pragma once

#include <atomic>
#include <string>

#include "exits/exit_support.hpp"
#include "exits/matrix.hpp"

namespace encke::test::matrix {

inline constexpr std::size_t most_payload = 10'000;

class matrix_server {
 public:
  matrix_server(scene, bool tls);

  [[nodiscard]] std::uint16_t port() const { return fixture_.port(); }
  [[nodiscard]] server_fixture& fixture() { return fixture_; }
  [[nodiscard]] std::uint64_t count(counter which) const { return fixture_.count(which); }
  [[nodiscard]] std::uint64_t count(reason why) const { return fixture_.count(why); }
  template <class Which>
  [[nodiscard]] bool reaches(Which which, std::uint64_t value) const {
    return fixture_.reaches(which, value);
  }

  /// Has the client with this key disconnected from "/", or its whole connection closed.
  void disconnect(const std::string& key, bool close);
  /// Sends the client with this key more in one turn than its queue takes.
  void flood(const std::string& key);

  /// Coroutines of middlewares and handlers that wait for `release`.
  [[nodiscard]] int waiting() const { return waiting_; }
  void hold() { released_ = false; }
  void release() { released_ = true; }

  [[nodiscard]] bool has_sessions() const;
  [[nodiscard]] bool has_connections() const;

 private:
  static options options_for(scene);
  void register_all();
  task<void> wait_for_release();

  server_fixture fixture_;
  std::uint16_t control_port_ = 0;
  std::atomic<bool> released_ = false;
  std::atomic<int> waiting_ = 0;
};

}  // namespace encke::test::matrix
