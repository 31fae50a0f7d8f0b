// SPDX-License-Identifier: MIT
// Keys and signatures: the only file that talks to cjose, so that its memory is freed in one place.
// Called by `verifier` and `mint`. A key is made once per secret and then only read: verifying neither retains nor
// releases it (cjose's reference counts are not atomic), so threads may share it.
#pragma once

#include <cjose/jwk.h>
#include <cjose/jws.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <encke/jwt.hpp>

namespace encke::jwt {

struct key_releaser {
  void operator()(cjose_jwk_t* key) const noexcept { cjose_jwk_release(key); }
};
struct signature_releaser {
  void operator()(cjose_jws_t* jws) const noexcept { cjose_jws_release(jws); }
};
using key = std::unique_ptr<cjose_jwk_t, key_releaser>;
using signed_text = std::unique_ptr<cjose_jws_t, signature_releaser>;

/// Bytes of the hash, which is the least a secret may have (RFC 7518 3.2).
[[nodiscard]] std::size_t hash_size(algorithm) noexcept;

/// Throws std::invalid_argument if cjose refuses the secret.
[[nodiscard]] key import_key(std::string_view secret);

/// Takes a token in compact form apart; null if cjose cannot.
[[nodiscard]] signed_text import_token(std::string_view token);

/// True if one of the keys made the signature. Compares in constant time.
[[nodiscard]] bool is_signed_by_any(const signed_text&, std::span<const key>);

/// The payload, which lives as long as the signed text. Empty if there is none.
[[nodiscard]] std::string_view payload_of(const signed_text&);

/// A token in compact form. Throws std::runtime_error if cjose cannot sign.
[[nodiscard]] std::string sign(const key&, algorithm, std::string_view payload);

}  // namespace encke::jwt
