// SPDX-License-Identifier: MIT
// Acceptor: takes connections from one listening socket and deals them out to the workers in turn. Lives on the first
// worker's loop. When descriptors run out it waits a little instead of spinning; clients leave the last ones to
// internal listeners and to whatever else the process opens, so that a full server can still be asked how it is.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <limits>
#include <memory>
#include <net/service.hpp>
#include <string>

namespace encke::net {

class connection;

class acceptor {
 public:
  /// Binds and listens. Throws boost::system::system_error.
  acceptor(boost::asio::io_context&, service&, const boost::asio::ip::tcp::endpoint& where, const listener&);

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] bool is_internal() const { return listener_.internal; }
  void start();
  void stop();

 private:
  void wait();
  void accept_all();
  void rest();

  service& service_;
  const listener& listener_;
  boost::asio::ip::tcp::acceptor socket_;
  boost::asio::steady_timer retry_;
  int end_of_descriptors_ =
      std::numeric_limits<int>::max();  // connections with this number or a higher one are refused
};

/// Gives a connection to the workers in turn, or closes it when there are too many. On the first worker.
void deal_out(service&, std::unique_ptr<connection>, std::string received = {});

}  // namespace encke::net
