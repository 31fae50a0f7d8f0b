// SPDX-License-Identifier: MIT
#include "jwt/keys.hpp"

#include <cjose/header.h>
#include <openssl/err.h>

#include <stdexcept>

namespace encke::jwt {
namespace {

struct header_releaser {
  void operator()(cjose_header_t* header) const noexcept { cjose_header_release(header); }
};

const std::uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

}  // namespace

std::size_t hash_size(algorithm alg) noexcept {
  switch (alg) {
    case algorithm::hs256: return 32;
    case algorithm::hs384: return 48;
    case algorithm::hs512: return 64;
  }
  return 64;
}

key import_key(std::string_view secret) {
  // The JSON library below cjose seeds its hash tables at the first object. Done here, threads only read the seed.
  const std::unique_ptr<cjose_header_t, header_releaser> seeded{cjose_header_new(nullptr)};
  key imported{cjose_jwk_create_oct_spec(bytes_of(secret), secret.size(), nullptr)};
  if (!imported) throw std::invalid_argument{"a secret cannot be used as a key"};
  return imported;
}

signed_text import_token(std::string_view token) {
  signed_text jws{cjose_jws_import(token.data(), token.size(), nullptr)};
  // OpenSSL's error queue belongs to the thread: what is left in it would be taken for a fault of a TLS connection.
  if (!jws) ERR_clear_error();
  return jws;
}

bool is_signed_by_any(const signed_text& jws, std::span<const key> keys) {
  for (const key& candidate : keys)
    if (cjose_jws_verify(jws.get(), candidate.get(), nullptr)) return true;
  ERR_clear_error();
  return false;
}

std::string_view payload_of(const signed_text& jws) {
  std::uint8_t* data = nullptr;
  std::size_t size = 0;
  if (!cjose_jws_get_plaintext(jws.get(), &data, &size, nullptr)) return {};
  return {reinterpret_cast<const char*>(data), size};
}

std::string sign(const key& secret, algorithm alg, std::string_view payload) {
  const std::unique_ptr<cjose_header_t, header_releaser> header{cjose_header_new(nullptr)};
  const std::string name{to_string(alg)};
  const bool complete = header && cjose_header_set(header.get(), "alg", name.c_str(), nullptr) &&
                        cjose_header_set(header.get(), "typ", "JWT", nullptr);
  const signed_text jws{
      complete ? cjose_jws_sign(secret.get(), header.get(), bytes_of(payload), payload.size(), nullptr) : nullptr};
  const char* compact = nullptr;
  if (!jws || !cjose_jws_export(jws.get(), &compact, nullptr)) {
    ERR_clear_error();
    throw std::runtime_error{"the token cannot be signed"};
  }
  return compact;
}

}  // namespace encke::jwt
