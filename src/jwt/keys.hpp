// SPDX-License-Identifier: MIT
// Keys and signatures (RFC 7515, HMAC of RFC 7518 3.2). Verifying is OpenSSL's work alone, since every client and every
// forger costs one; tokens are made by cjose. Called by `verifier` and `mint`.
#pragma once

#include <openssl/evp.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <encke/jwt.hpp>

namespace encke::jwt {

/// A secret ready to verify with: both hashes of HMAC have taken their padded key (RFC 2104 4). Never changed after it
/// was made, so threads may share it.
class hmac_key {
 public:
  /// Throws std::runtime_error if OpenSSL cannot hash.
  hmac_key(algorithm, std::string_view secret);

  /// True if `signature`, raw bytes, is this key's for `text`. Compares in constant time. Any thread.
  [[nodiscard]] bool has_signed(std::string_view text, std::string_view signature) const;

 private:
  struct context_releaser {
    void operator()(EVP_MD_CTX* one) const noexcept { EVP_MD_CTX_free(one); }
  };
  using context = std::unique_ptr<EVP_MD_CTX, context_releaser>;

  [[nodiscard]] static context keyed(const EVP_MD*, std::string_view key, char pad);

  context inner_, outer_;
};

/// A token in compact form. Throws std::invalid_argument if cjose refuses the secret, std::runtime_error if it cannot
/// sign.
[[nodiscard]] std::string sign(std::string_view secret, algorithm, std::string_view payload);

}  // namespace encke::jwt
