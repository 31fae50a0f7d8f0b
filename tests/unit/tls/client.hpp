// SPDX-License-Identifier: MIT
// A TLS client on memory buffers, straight on OpenSSL, and the talk between it and an engine. Nothing here is a socket.
#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tls/engine.hpp"
#include "unit/tls/certificates.hpp"

namespace encke::tls::test {

struct client_settings {
  int version = TLS1_3_VERSION;
  std::string alpn{};              // in the form of RFC 7301 3.1
  std::string groups{};            // in order of preference; the first is the one guessed
  std::string ciphers{};           // of TLS 1.2
  SSL_SESSION* session = nullptr;  // to resume
};

class client {
 public:
  using settings = client_settings;

  explicit client(const settings& with = {}) : context_{SSL_CTX_new(TLS_client_method())} {
    SSL_CTX_set_min_proto_version(context_.get(), with.version);
    SSL_CTX_set_max_proto_version(context_.get(), with.version);
    SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context_.get(), keep_session);
    if (!with.ciphers.empty()) SSL_CTX_set_cipher_list(context_.get(), with.ciphers.c_str());
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_app_data(ssl_.get(), this);
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    BIO_set_mem_eof_return(SSL_get_rbio(ssl_.get()), -1);
    SSL_set_connect_state(ssl_.get());
    SSL_set_tlsext_host_name(ssl_.get(), "localhost");
    if (!with.groups.empty()) SSL_set1_groups_list(ssl_.get(), with.groups.c_str());
    if (!with.alpn.empty())
      SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(with.alpn.data()),
                          static_cast<unsigned>(with.alpn.size()));
    if (with.session != nullptr) SSL_set_session(ssl_.get(), with.session);
  }

  /// Goes on with the handshake, and reads what it can into `received`.
  void step() {
    ERR_clear_error();
    if (!is_established()) {
      const int done = SSL_do_handshake(ssl_.get());
      if (done != 1 && SSL_get_error(ssl_.get(), done) != SSL_ERROR_WANT_READ) failed_ = true;
    }
    char scratch[16384];
    while (is_established() && !failed_) {
      std::size_t count = 0;
      const int done = SSL_read_ex(ssl_.get(), scratch, sizeof scratch, &count);
      if (done == 1) {
        received.append(scratch, count);
        continue;
      }
      const int outcome = SSL_get_error(ssl_.get(), done);
      if (outcome == SSL_ERROR_ZERO_RETURN) closed_ = true;
      if (outcome != SSL_ERROR_ZERO_RETURN && outcome != SSL_ERROR_WANT_READ) failed_ = true;
      break;
    }
    if (failed_) reason_ = ERR_GET_REASON(ERR_peek_error());
    ERR_clear_error();
  }
  void feed(std::string_view bytes) {
    BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
    step();
  }
  void send(std::string_view plaintext) {
    ERR_clear_error();
    std::size_t count = 0;
    if (SSL_write_ex(ssl_.get(), plaintext.data(), plaintext.size(), &count) != 1) failed_ = true;
    ERR_clear_error();
  }
  void close() { SSL_shutdown(ssl_.get()); }

  /// What it wants to send; forgotten here.
  [[nodiscard]] std::string take_output() {
    auto text = text_of(SSL_get_wbio(ssl_.get()));
    (void)BIO_reset(SSL_get_wbio(ssl_.get()));
    return text;
  }

  [[nodiscard]] bool is_established() const { return SSL_is_init_finished(ssl_.get()) == 1; }
  [[nodiscard]] bool was_resumed() const { return SSL_session_reused(ssl_.get()) == 1; }
  [[nodiscard]] bool has_failed() const { return failed_; }
  [[nodiscard]] bool is_closed() const { return closed_; }
  [[nodiscard]] int reason() const { return reason_; }
  [[nodiscard]] SSL* native() { return ssl_.get(); }
  [[nodiscard]] SSL_SESSION* ticket() const { return ticket_.get(); }
  [[nodiscard]] std::string alpn() const {
    const unsigned char* chosen = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &chosen, &size);
    return {reinterpret_cast<const char*>(chosen), size};
  }

  std::string received;

 private:
  static int keep_session(SSL* ssl, SSL_SESSION* session) {
    auto* self = static_cast<client*>(SSL_get_app_data(ssl));
    if (SSL_SESSION_has_ticket(session) == 1) self->ticket_.reset(session);
    return SSL_SESSION_has_ticket(session);
  }

  std::unique_ptr<SSL_CTX, free_with<SSL_CTX_free>> context_;
  std::unique_ptr<SSL, free_with<SSL_free>> ssl_;
  std::unique_ptr<SSL_SESSION, free_with<SSL_SESSION_free>> ticket_;
  bool failed_ = false;
  bool closed_ = false;
  int reason_ = 0;
};

inline std::string take_output(engine& server) {
  std::string text{server.output()};
  server.consume_output(text.size());
  return text;
}

/// Everything the engine can decrypt now.
inline std::string read_all(engine& server) {
  std::string text;
  char scratch[16384];
  while (true) {
    const auto count = server.read(scratch);
    if (!count || *count == 0) return text;
    text.append(scratch, *count);
  }
}

/// Carries bytes both ways until neither side has any. What the engine decrypts is returned.
inline std::string talk(client& c, engine& server, std::size_t chunk = std::string_view::npos) {
  std::string plaintext;
  c.step();
  while (true) {
    const auto up = c.take_output();
    const auto down = take_output(server);
    if (up.empty() && down.empty()) return plaintext;
    for (std::size_t at = 0; at < up.size(); at += std::min(chunk, up.size() - at)) {
      (void)server.feed(std::string_view{up}.substr(at, chunk));
      plaintext += read_all(server);
    }
    for (std::size_t at = 0; at < down.size(); at += std::min(chunk, down.size() - at))
      c.feed(std::string_view{down}.substr(at, chunk));
  }
}

}  // namespace encke::tls::test
