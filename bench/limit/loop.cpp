// SPDX-License-Identifier: MIT
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "server.hpp"

namespace limit {
namespace {

int checked(int returned, const char* what) {
  if (returned < 0) throw std::system_error{errno, std::system_category(), what};
  return returned;
}

std::int64_t monotonic_milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

int listen_on(std::uint16_t port) {
  const int fd = checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
  const int yes = 1;
  checked(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), "SO_REUSEADDR");
  checked(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes), "TCP_NODELAY");  // connections inherit it
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  checked(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
  checked(listen(fd, 4096), "listen");
  return fd;
}

void allow_many_descriptors() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

void give_back_if_large(std::string& buffer) {
  buffer.clear();
  if (buffer.capacity() > 1U << 20U) std::string{}.swap(buffer);
}

}  // namespace

server::server(const options& chosen) : options_{chosen}, tokens_{chosen.secret}, input_(256 * 1024) {
  allow_many_descriptors();
  epoll_ = checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
  listener_ = listen_on(options_.port);
  sockaddr_in address{};
  socklen_t size = sizeof address;
  checked(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  port_ = ntohs(address.sin_port);
  epoll_event event{.events = EPOLLIN, .data = {.fd = listener_}};
  checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &event), "epoll_ctl");
  now_ = monotonic_milliseconds();
}

void server::run() {
  while (true) turn_once();
}

void server::turn_once() {
  std::array<epoll_event, 512> events;
  const int ready = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), milliseconds_to_wait());
  if (ready < 0 && errno != EINTR) checked(ready, "epoll_wait");
  now_ = monotonic_milliseconds();
  for (int at = 0; at < ready; ++at) {
    const auto& event = events[static_cast<std::size_t>(at)];
    if (event.data.fd == listener_) {
      accept_all();
      continue;
    }
    auto& from = *connections_[static_cast<std::size_t>(event.data.fd)];
    if (!from.over && (event.events & EPOLLOUT) != 0) on_writable(from);
    if (!from.over && (event.events & ~EPOLLOUT) != 0) on_readable(from);
  }
  on_time();
  turn_.end([this](session& to, std::string_view frames) { deliver(to, frames); });
  free_ended();
}

void server::accept_all() {
  while (true) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    if (connections_.size() <= static_cast<std::size_t>(fd)) connections_.resize(static_cast<std::size_t>(fd) + 1);
    auto& added = connections_[static_cast<std::size_t>(fd)];
    added = std::make_unique<connection>();
    added->fd = fd;
    watch(*added, EPOLL_CTL_ADD, EPOLLIN);
  }
}

void server::watch(const connection& one, int operation, std::uint32_t events) {
  epoll_event event{.events = events, .data = {.fd = one.fd}};
  checked(epoll_ctl(epoll_, operation, one.fd, &event), "epoll_ctl");
}

void server::on_readable(connection& from) {
  const auto received = recv(from.fd, input_.data(), input_.size(), 0);
  if (received < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (received <= 0) return drop(from);
  const auto size = static_cast<std::size_t>(received);
  reading_ = &from;
  if (from.in.empty()) {
    const auto used = consume(from, input_.data(), size);
    if (used < size) from.in.assign(input_.data() + used, size - used);
  } else {
    from.in.append(input_.data(), size);
    const auto used = consume(from, from.in.data(), from.in.size());
    if (used == from.in.size()) {
      std::string{}.swap(from.in);  // whoever is idle has no buffer
    } else {
      from.in.erase(0, used);
    }
  }
  reading_ = nullptr;
  if (!out_.empty() && !from.over) write(from, out_);
  give_back_if_large(out_);
  hang_up_after_last_answer(from);
}

std::size_t server::consume(connection& from, char* bytes, std::size_t size) {
  std::size_t used = 0;
  while (used < size && !from.over && !from.last_answer) {
    const auto taken =
        from.websocket ? take_frame(from, bytes + used, size - used) : take_request(from, {bytes + used, size - used});
    if (taken == 0) return used;
    used += taken;
  }
  return size;
}

void server::write(connection& to, std::string_view bytes) {
  if (!to.out.empty()) {
    to.out.append(bytes);
    return;
  }
  const auto sent = ::send(to.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) return drop(to);
  const auto written = sent < 0 ? 0 : static_cast<std::size_t>(sent);
  if (written == bytes.size()) return;
  to.out.assign(bytes.substr(written));
  watch(to, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
}

void server::on_writable(connection& to) {
  const auto rest = std::string_view{to.out}.substr(to.written);
  const auto sent = ::send(to.fd, rest.data(), rest.size(), MSG_NOSIGNAL);
  if (sent < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (sent < 0) return drop(to);
  to.written += static_cast<std::uint32_t>(sent);
  if (to.written < to.out.size()) return;
  std::string{}.swap(to.out);
  to.written = 0;
  watch(to, EPOLL_CTL_MOD, EPOLLIN);
  hang_up_after_last_answer(to);
}

void server::hang_up_after_last_answer(connection& one) {
  if (one.last_answer && one.client == nullptr && one.out.empty()) drop(one);
}

void server::drop(connection& one) {
  if (one.over) return;
  one.over = true;
  ended_.push_back(&one);
  if (one.client == nullptr) return;
  auto& client = *one.client;
  one.client = nullptr;
  client.carrier = nullptr;
  close(client);
}

void server::free_ended() {
  for (auto& one : ended_sessions_) turn_.leave(*one);
  ended_sessions_.clear();
  for (auto* one : ended_) {
    const int fd = one->fd;
    connections_[static_cast<std::size_t>(fd)].reset();
    ::close(fd);
  }
  ended_.clear();
}

}  // namespace limit
