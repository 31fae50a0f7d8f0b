// SPDX-License-Identifier: MIT
// Peer: one raw TCP connection of a client: HTTP requests and WebSocket frames by hand, and every rude way to leave.
// What goes wrong is an exception; the job that it belongs to counts as failed. Desk: the loop they all run on, which
// hangs up on whoever waits too long.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_set>

namespace encke::soak {

template <class T>
using task = boost::asio::awaitable<T>;

/// The server did not do what it should have.
struct surprise : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class peer;

class desk {
 public:
  explicit desk(bool secure);

  boost::asio::io_context loop{1};

  /// A task of its own, e.g. a connection that waits for the server to give it up. Counted until it ends.
  void in_background(task<void>);
  [[nodiscard]] std::size_t in_background() const { return background_; }
  /// Hangs up on peers that wait too long; once per run of the loop. `until_idle`: also waits for what is in
  /// background.
  task<void> watch(const bool& finished);
  /// Loopback addresses in turn, so that closed connections do not use up the ports.
  [[nodiscard]] boost::asio::ip::address_v4 next_source();
  void complain(std::uint64_t job, std::string_view what);

  const bool secure;  ///< peers speak TLS
  boost::asio::ssl::context tls{boost::asio::ssl::context::tls_client};
  std::uint64_t failed = 0;
  std::unordered_set<peer*> peers;

 private:
  std::size_t background_ = 0;
  std::uint32_t sources_ = 0;
};

struct answer {
  unsigned status = 0;
  std::string head;
  std::string body;
  bool last = false;  ///< the server closes the connection after it
};

class peer {
 public:
  explicit peer(desk& at);
  ~peer();
  peer(const peer&) = delete;
  peer& operator=(const peer&) = delete;

  task<void> connect(std::uint16_t port);
  /// Without the TLS that the server expects, if it does.
  task<void> connect_plain(std::uint16_t port);
  task<void> send(std::string bytes);
  task<answer> read_answer();
  /// The next text message; WebSocket pings are skipped. A surprise if the server closes instead.
  task<std::string> read_message();
  task<void> send_message(std::string text);
  /// A frame that promises more than it brings.
  task<void> send_half_message();
  /// An empty close frame, or one with 1000.
  task<void> send_close();
  /// Reads on until the server closes, orderly or not.
  task<void> read_end();

  /// Tells the end and reads on.
  void finish();
  void close();
  /// Closes with a reset.
  void reset();
  [[nodiscard]] bool is_open() const { return socket_.is_open(); }
  /// For the desk.
  void hang_up_if_late(std::chrono::steady_clock::time_point now);

 private:
  task<bool> read_some();
  task<void> send_frame(char opcode, std::string payload);
  /// Size of the frame's head and payload if the whole frame is there; else 0.
  [[nodiscard]] std::size_t whole_frame(std::size_t& head) const;

  desk& desk_;
  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
  std::string in_;
  std::chrono::steady_clock::time_point waits_since_ = std::chrono::steady_clock::time_point::max();
  bool late_ = false;
};

}  // namespace encke::soak
