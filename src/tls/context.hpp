// SPDX-License-Identifier: MIT
// Context: one certificate with its key, and how TLS is spoken with it: 1.2 and 1.3, ALPN http/1.1, no renegotiation.
// The server loads one per TLS listener and again on reload; each engine keeps what it needs of the one it began with.
// Sessions are resumed by tickets only; all contexts of the process share the keys, so tickets survive a reload.
#pragma once

#include <memory>
#include <string>

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace encke::tls {

struct settings {
  std::string certificate_file;  ///< PEM: the certificate, then those that lead to the root
  std::string key_file;          ///< PEM, without a passphrase
};

class context {
 public:
  /// Throws std::runtime_error that names the file and what is wrong with it.
  [[nodiscard]] static std::shared_ptr<const context> load(const settings&);

  context(const context&) = delete;
  context& operator=(const context&) = delete;

  /// What an operator should know though it does not stop the server (the certificate expired); empty if all is well.
  [[nodiscard]] const std::string& warning() const noexcept { return warning_; }

  [[nodiscard]] ssl_ctx_st* native() const noexcept { return native_.get(); }

 private:
  struct free_native {
    void operator()(ssl_ctx_st*) const noexcept;
  };
  context() = default;

  std::unique_ptr<ssl_ctx_st, free_native> native_;
  std::string warning_;
};

}  // namespace encke::tls
