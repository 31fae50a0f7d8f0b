// SPDX-License-Identifier: MIT
// Token: a JSON Web Token signed with HMAC-SHA256 is checked, and the user in it is read.
// The requests that open sessions are checked with it. One per server; it keeps the keyed state of the digest, so that
// a token costs one digest of its own bytes and no set-up.
#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace limit {

class token_check {
 public:
  explicit token_check(std::string_view secret);

  /// The claim `uid`; empty if the token is not ours, is over at `now` (seconds of the epoch), or has no user. The view
  /// lives until the next call.
  [[nodiscard]] std::string_view user_of(std::string_view token, std::int64_t now);

 private:
  [[nodiscard]] bool is_signed(std::string_view signed_part, std::string_view signature);

  struct freeing {
    void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
  };
  std::unique_ptr<EVP_MAC, freeing> mac_;
  std::unique_ptr<EVP_MAC_CTX, freeing> keyed_;
  std::string claims_;
};

/// Appends the bytes that `text` stands for in base64url; false if it is not that.
[[nodiscard]] bool append_base64url(std::string& out, std::string_view text);

}  // namespace limit
