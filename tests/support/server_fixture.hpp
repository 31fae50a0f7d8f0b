// SPDX-License-Identifier: MIT
// Server fixture: a whole server on loopback, on threads of its own, from `start` to the end of the object. When it is
// gone, nothing of it may be left in the ledger or among the descriptors.
#pragma once

#include <encke/server.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "support/eventually.hpp"
#include "support/ledger_check.hpp"
#include "unit/tls/certificates.hpp"

namespace encke::test {

/// The defaults of tests: one worker, no signals.
inline options test_options() {
  options o;
  o.threads = 1;
  o.handle_signals = false;
  return o;
}

class server_fixture {
 public:
  explicit server_fixture(options o = test_options()) {
    o.handle_signals = false;
    io_ = std::make_unique<encke::server>(std::move(o));
  }
  server_fixture(const server_fixture&) = delete;
  server_fixture& operator=(const server_fixture&) = delete;
  ~server_fixture() { stop(); }

  [[nodiscard]] encke::server& io() { return *io_; }
  [[nodiscard]] nsp& root() { return io_->of("/"); }

  /// Listens and serves. Everything has to be registered before.
  void start() {
    port_ = io_->listen({.address = "127.0.0.1"});
    run();
  }
  /// The same with TLS and a new certificate.
  void start_tls() {
    write_certificate();
    port_ = io_->listen({.address = "127.0.0.1",
                         .tls = tls_options{.certificate = files_.path("cert.pem"), .key = files_.path("key.pem")}});
    run();
  }
  /// Replaces the files of the certificate by new ones.
  void write_certificate() {
    const auto key = tls::test::make_ec_key();
    (void)files_.write("cert.pem", tls::test::pem_of(tls::test::make_certificate(key.get()).get()));
    (void)files_.write("key.pem", tls::test::pem_of(key.get()));
  }

  void break_certificate() { (void)files_.write("cert.pem", "no certificate"); }

  /// Stops and waits for the end of `run`.
  void stop(std::chrono::milliseconds drain = std::chrono::milliseconds{200}) {
    if (!thread_.joinable()) return;
    io_->stop(drain);
    thread_.join();
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::uint64_t count(counter which) const { return io_->stats()[which]; }
  [[nodiscard]] std::uint64_t count(reason why) const { return io_->stats()[why]; }
  /// Waits for a counter to get there.
  template <class Which>
  [[nodiscard]] bool reaches(Which which, std::uint64_t value) const {
    return eventually([&] { return count(which) >= value; });
  }

 private:
  void run() {
    thread_ = std::jthread{[this] { io_->run(); }};
  }

  ledger_check whole_{"the server"};
  tls::test::folder files_;
  std::unique_ptr<encke::server> io_;
  std::uint16_t port_ = 0;
  std::jthread thread_;
};

}  // namespace encke::test
