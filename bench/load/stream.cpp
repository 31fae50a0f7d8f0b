// SPDX-License-Identifier: MIT
#include "bench/load/stream.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace encke::load {

namespace {

constexpr int narrow_receive_buffer = 4096, narrow_segment = 1460;

// Loopback's segments are so long that the peer's kernel would take megabytes that nobody reads.
void make_narrow(int descriptor) noexcept {
  setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &narrow_receive_buffer, sizeof narrow_receive_buffer);
  setsockopt(descriptor, IPPROTO_TCP, TCP_MAXSEG, &narrow_segment, sizeof narrow_segment);
}

void bind_to(int descriptor, unsigned source) noexcept {
  const int yes = 1;
  sockaddr_in from{};
  from.sin_family = AF_INET;
  from.sin_addr.s_addr = htonl(0x7f000000U + source);
  // The port is chosen when connecting, so that each pair of addresses has all of them.
  setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
  [[maybe_unused]] const int bound = bind(descriptor, reinterpret_cast<const sockaddr*>(&from), sizeof from);
}

}  // namespace

bool endpoint::is_loopback4() const noexcept {
  if (address.ss_family != AF_INET) return false;
  return ntohl(reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr) >> 24 == 127;
}

int stream::open(const endpoint& to, unsigned source) {
  close();
  const int descriptor = socket(to.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return errno;
  const int yes = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (source != 0 && to.is_loopback4()) bind_to(descriptor, source);
  if (narrow_) make_narrow(descriptor);
  if (connect(descriptor, reinterpret_cast<const sockaddr*>(&to.address), to.size) != 0 && errno != EINPROGRESS) {
    const int error = errno;
    ::close(descriptor);
    return error;
  }
  descriptor_ = descriptor;
  slot_ = loop_.add(*this);
  ++opened_;
  paused_ = false;
  send_error_ = 0;
  loop_.watch(descriptor_, slot_, EPOLLIN, EPOLL_CTL_ADD);
  return 0;
}

void stream::close() noexcept {
  if (descriptor_ < 0) return;
  if (loop_.current_ == this) {  // what was gathered belongs to the connection that ends
    write(loop_.gathered_);
    loop_.gathered_.clear();
  }
  ::close(std::exchange(descriptor_, -1));
  loop_.forget(slot_);
  unread_.clear();
  unsent_.clear();
}

void stream::pause() noexcept {
  paused_ = true;
  if (descriptor_ >= 0) loop_.watch(descriptor_, slot_, EPOLLONESHOT, EPOLL_CTL_MOD);
}

void stream::resume() noexcept {
  if (!std::exchange(paused_, false) || descriptor_ < 0) return;
  loop_.watch(descriptor_, slot_, unsent_.empty() ? EPOLLIN : EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
}

void stream::send(std::string_view bytes) {
  if (descriptor_ < 0) return;
  if (loop_.current_ == this) {
    loop_.gathered_ += bytes;
  } else {
    write(bytes);
  }
}

void stream::hold() noexcept {
  if (loop_.current_ == nullptr) loop_.current_ = this;
}

void stream::release() {
  if (loop_.current_ != this) return;
  loop_.current_ = nullptr;
  if (descriptor_ >= 0) write(loop_.gathered_);
  loop_.gathered_.clear();
}

// Before the connection stands, send(2) says EAGAIN like for a full buffer: both wait for EPOLLOUT.
void stream::write(std::string_view bytes) {
  if (bytes.empty()) return;
  if (!unsent_.empty()) {
    unsent_ += bytes;
    return;
  }
  const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  const auto taken = sent > 0 ? static_cast<std::size_t>(sent) : 0;
  if (sent < 0 && errno != EAGAIN && errno != EINTR) {  // an event follows
    send_error_ = errno;
    return;
  }
  if (taken == bytes.size()) return;
  unsent_ = bytes.substr(taken);
  if (!paused_) loop_.watch(descriptor_, slot_, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
}

void stream::flush() {
  const auto sent = ::send(descriptor_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
  if (sent > 0) unsent_.erase(0, static_cast<std::size_t>(sent));
  if (!unsent_.empty()) return;
  unsent_ = std::string{};
  loop_.watch(descriptor_, slot_, EPOLLIN, EPOLL_CTL_MOD);
}

void stream::on_ready(std::uint32_t events) {
  if (paused_) return;
  if ((events & EPOLLOUT) != 0 && (events & EPOLLERR) == 0 && !unsent_.empty()) flush();
  if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0) receive();
}

void stream::receive() {
  auto& scratch = loop_.scratch_;
  const auto kept = unread_.size();
  if (kept + (64U << 10) > scratch.size()) scratch.resize(2 * kept);  // as long as a message may be, see read_frame
  if (kept > 0) std::memcpy(scratch.data(), unread_.data(), kept);
  const auto got = recv(descriptor_, scratch.data() + kept, scratch.size() - kept, 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return end(got == 0 ? 0 : errno);
  const auto there = kept + static_cast<std::size_t>(got);
  const auto opened = opened_;
  loop_.received_at_ = clock::now();
  loop_.current_ = this;
  const auto used = on_data({scratch.data(), there});
  loop_.current_ = nullptr;
  if (descriptor_ >= 0 && !loop_.gathered_.empty()) write(loop_.gathered_);
  loop_.gathered_.clear();
  if (descriptor_ < 0 || opened != opened_) return;
  if (used < there) {
    unread_.assign(scratch.data() + used, there - used);
  } else if (kept > 0) {
    unread_ = std::string{};
  }
}

void stream::end(int error) {
  close();
  on_gone(error != 0 ? error : std::exchange(send_error_, 0));
}

}  // namespace encke::load
