// SPDX-License-Identifier: MIT
// TCP peer: a client's end of one connection to loopback, with or without TLS, for tests that say byte by byte what
// happens. Every call blocks until it is done and throws std::runtime_error when that takes too long.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "support/eventually.hpp"

namespace encke::test {

/// How a client speaks TLS.
struct tls_client {
  int version = 0;  ///< TLS1_2_VERSION, ...; 0: the best both know
};

class tcp_peer {
 public:
  explicit tcp_peer(std::uint16_t port, int receive_buffer = 0)
      : fd_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    if (receive_buffer != 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
      ::close(std::exchange(fd_, -1));
      throw std::runtime_error{"cannot connect"};
    }
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL) | O_NONBLOCK);
  }
  tcp_peer(tcp_peer&& other) noexcept
      : fd_{std::exchange(other.fd_, -1)}, context_{std::move(other.context_)}, ssl_{std::move(other.ssl_)} {}
  tcp_peer& operator=(tcp_peer&&) = delete;
  ~tcp_peer() { close(); }

  /// Speaks TLS from now on. False if the handshake failed.
  [[nodiscard]] bool start_tls(tls_client with = {}) {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    if (with.version != 0) {
      SSL_CTX_set_security_level(context_.get(), 0);  // old versions on purpose
      SSL_CTX_set_min_proto_version(context_.get(), with.version);
      SSL_CTX_set_max_proto_version(context_.get(), with.version);
    }
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), fd_);
    return repeat([this] { return SSL_connect(ssl_.get()); }) == 1;
  }

  /// False if the server has closed the connection.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const long sent = send_some(bytes);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// Bytes on the wire as they are, whatever TLS thinks of them.
  void send_around_tls(std::string_view bytes) { (void)::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

  /// The bytes that are there next; "" at the end of the stream or after a reset.
  [[nodiscard]] std::string read_some() {
    std::string buffer(65536, '\0');
    const long count = receive(buffer.data(), buffer.size());
    buffer.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return buffer;
  }
  /// Waits for bytes, and leaves them where they are.
  void wait_for_bytes() const { wait(POLLIN); }
  /// Reads and forgets until the server closes; false if it does not.
  [[nodiscard]] bool is_closed_by_server() {
    try {
      while (!read_some().empty()) {
      }
      return true;
    } catch (const std::runtime_error&) {
      return false;
    }
  }
  [[nodiscard]] bool was_reset() const { return was_reset_; }

  /// FIN both ways; with TLS without close_notify.
  void close() {
    ssl_.reset();
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  /// RST.
  void reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }
  /// FIN of this side only; with TLS a close_notify.
  void half_close() {
    if (ssl_)
      SSL_shutdown(ssl_.get());
    else
      ::shutdown(fd_, SHUT_WR);
  }

  [[nodiscard]] ssl_st* native_tls() { return ssl_.get(); }

 private:
  struct free_native {
    void operator()(SSL* one) const { SSL_free(one); }
    void operator()(SSL_CTX* one) const { SSL_CTX_free(one); }
  };

  void wait(short events) const {
    pollfd one{.fd = fd_, .events = events, .revents = 0};
    const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(patience).count();
    if (::poll(&one, 1, static_cast<int>(time)) == 0) throw std::runtime_error{"the server took too long"};
  }

  // An SSL call until it succeeds or fails for good.
  template <class Call>
  int repeat(Call call) {
    for (;;) {
      ERR_clear_error();
      const int done = call();
      if (done > 0) return done;
      const int why = SSL_get_error(ssl_.get(), done);
      if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) return done > 0 ? done : -1;
      wait(why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT);
    }
  }

  long send_some(std::string_view bytes) {
    if (ssl_) return repeat([&] { return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())); });
    for (;;) {
      const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent >= 0 || (errno != EAGAIN && errno != EINTR)) return sent;
      wait(POLLOUT);
    }
  }

  long receive(char* into, std::size_t size) {
    if (ssl_) return repeat([&] { return SSL_read(ssl_.get(), into, static_cast<int>(size)); });
    for (;;) {
      const auto count = ::recv(fd_, into, size, 0);
      if (count >= 0) return count;
      if (errno == ECONNRESET) was_reset_ = true;
      if (errno != EAGAIN && errno != EINTR) return -1;
      wait(POLLIN);
    }
  }

  int fd_;
  std::unique_ptr<SSL_CTX, free_native> context_;
  std::unique_ptr<SSL, free_native> ssl_;
  bool was_reset_ = false;
};

}  // namespace encke::test
