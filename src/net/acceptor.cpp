// SPDX-License-Identifier: MIT
#include <net/acceptor.hpp>

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <limits>
#include <net/connection.hpp>
#include <net/worker.hpp>

namespace encke::net {

namespace {

constexpr auto pause_without_descriptors = std::chrono::milliseconds{100};
constexpr int most_per_turn = 64;
constexpr std::size_t most_reserved = 64;  // descriptors that clients leave to internal listeners, files and the like

// The descriptors that clients may have: a number past the last of them tells that so many are in use, whoever has
// them, because the kernel gives out the lowest that is free.
int end_of_client_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= std::numeric_limits<int>::max())
    return std::numeric_limits<int>::max();
  const auto all = static_cast<std::size_t>(limit.rlim_cur);
  return static_cast<int>(all - std::min(most_reserved, all / 4));
}

bool is_full(const service& shared, bool internal) {
  const auto& with = shared.options;
  if (internal) return shared.internal_connections.load(std::memory_order_relaxed) >= with.max_internal_connections;
  return with.max_connections != 0 && shared.connections.load(std::memory_order_relaxed) >= with.max_connections;
}

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

void acceptor::start() {
  if (!is_internal()) end_of_descriptors_ = end_of_client_descriptors();
  wait();
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
    if (fd >= end_of_descriptors_) {
      ::close(fd);
      return rest();
    }
    if (fd >= 0) {
      deal_out(service_, std::make_unique<connection>(fd, peer_address{from}, listener_));
      continue;
    }
    if (errno == EINTR || errno == ECONNABORTED) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) break;
    return rest();
  }
  wait();
}

// No descriptor is left for another one.
void acceptor::rest() {
  service_.workers.front()->note_refused(refused_for::descriptors);
  retry_.expires_after(pause_without_descriptors);
  retry_.async_wait([this, line = service_.workers.front()->line()](const boost::system::error_code& failed) {
    if (!failed && line.serves()) wait();
  });
}

void deal_out(service& shared, std::unique_ptr<connection> made, std::string received) {
  auto& here = *shared.workers.front();
  const bool internal = made->from().internal;
  if (is_full(shared, internal))
    return here.note_refused(internal ? refused_for::internal_connections : refused_for::connections);
  shared.count_of(internal).fetch_add(1, std::memory_order_relaxed);
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
