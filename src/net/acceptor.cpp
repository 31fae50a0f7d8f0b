// SPDX-License-Identifier: MIT
#include <net/acceptor.hpp>

#include <sys/socket.h>
#include <net/connection.hpp>
#include <net/worker.hpp>

namespace encke::net {

namespace {

constexpr auto pause_without_descriptors = std::chrono::milliseconds{100};
constexpr int most_per_turn = 64;

}  // namespace

acceptor::acceptor(boost::asio::io_context& loop, service& shared, const boost::asio::ip::tcp::endpoint& where,
                   const listener& from)
    : service_{shared}, listener_{from}, socket_{loop}, retry_{loop} {
  socket_.open(where.protocol());
  socket_.set_option(boost::asio::socket_base::reuse_address{true});
  socket_.bind(where);
  socket_.listen(4096);
  socket_.non_blocking(true);
}

std::uint16_t acceptor::port() const {
  return socket_.local_endpoint().port();
}

void acceptor::stop() {
  boost::system::error_code ignored;
  socket_.close(ignored);
  retry_.cancel();
}

void acceptor::wait() {
  socket_.async_wait(boost::asio::socket_base::wait_read,
                     [this, line = service_.workers.front()->line()](const boost::system::error_code& failed) {
                       if (failed || !line.serves() || !socket_.is_open()) return;  // closed while this was on its way
                       accept_all();
                     });
}

void acceptor::accept_all() {
  for (int i = 0; i < most_per_turn; ++i) {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    const int fd =
        ::accept4(socket_.native_handle(), reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      deal_out(service_, std::make_unique<connection>(fd, peer_address{from}, listener_));
      continue;
    }
    if (errno == EINTR || errno == ECONNABORTED) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) break;
    service_.workers.front()->count(counter::connections_refused);
    retry_.expires_after(pause_without_descriptors);
    retry_.async_wait([this, line = service_.workers.front()->line()](const boost::system::error_code& failed) {
      if (!failed && line.serves()) wait();
    });
    return;
  }
  wait();
}

void deal_out(service& shared, std::unique_ptr<connection> made, std::string received) {
  auto& here = *shared.workers.front();
  const auto most = shared.options.max_connections;
  if (most != 0 && shared.connections.load(std::memory_order_relaxed) >= most)
    return here.count(counter::connections_refused);
  shared.connections.fetch_add(1, std::memory_order_relaxed);
  here.count(counter::connections_accepted);
  // While stopping the other workers may be gone already, and what comes is only asked how things are.
  const bool stopping = shared.stopping.load(std::memory_order_relaxed);
  auto& to = stopping ? here : *shared.workers[shared.next_worker++ % shared.workers.size()];
  if (&to == &here) return to.adopt(std::move(made), std::move(received));
  to.post([&to, made = std::move(made), received = std::move(received)]() mutable {
    to.adopt(std::move(made), std::move(received));
  });
}

}  // namespace encke::net
