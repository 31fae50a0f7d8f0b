// SPDX-License-Identifier: MIT
// Acceptor: takes connections from one listening socket and deals them out to the workers in turn. Lives on the first
// worker's loop. When descriptors run out it waits a little instead of spinning.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <net/service.hpp>

namespace encke::net {

class acceptor {
 public:
  /// Binds and listens. Throws std::system_error.
  acceptor(boost::asio::io_context&, service&, const std::string& address, std::uint16_t port, const listener&);

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] bool is_internal() const { return listener_.internal; }
  void start() { wait(); }
  void stop();

 private:
  void wait();
  void accept_all();
  void deal_out(int fd, const sockaddr_storage&);

  service& service_;
  const listener& listener_;
  boost::asio::ip::tcp::acceptor socket_;
  boost::asio::steady_timer retry_;
  std::size_t next_ = 0;
};

}  // namespace encke::net
