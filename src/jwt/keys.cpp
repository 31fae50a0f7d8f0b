// SPDX-License-Identifier: MIT
#include "jwt/keys.hpp"

#include <cjose/header.h>
#include <cjose/jwk.h>
#include <cjose/jws.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#include <array>
#include <stdexcept>

namespace encke::jwt {
namespace {

struct key_releaser {
  void operator()(cjose_jwk_t* one) const noexcept { cjose_jwk_release(one); }
};
struct header_releaser {
  void operator()(cjose_header_t* header) const noexcept { cjose_header_release(header); }
};
struct signature_releaser {
  void operator()(cjose_jws_t* jws) const noexcept { cjose_jws_release(jws); }
};
using key = std::unique_ptr<cjose_jwk_t, key_releaser>;
using signed_text = std::unique_ptr<cjose_jws_t, signature_releaser>;

const EVP_MD* hash_of(algorithm alg) {
  switch (alg) {
    case algorithm::hs256: return EVP_sha256();
    case algorithm::hs384: return EVP_sha384();
    case algorithm::hs512: return EVP_sha512();
  }
  return EVP_sha512();
}

const std::uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

}  // namespace

std::size_t least_secret(algorithm alg) noexcept {
  switch (alg) {
    case algorithm::hs256: return 32;
    case algorithm::hs384: return 48;
    case algorithm::hs512: return 64;
  }
  return 64;
}

hmac_key::context hmac_key::keyed(const EVP_MD* hash, std::string_view key, char pad) {
  std::string block(static_cast<std::size_t>(EVP_MD_get_block_size(hash)), pad);
  for (std::size_t i = 0; i < key.size(); ++i) block[i] = static_cast<char>(block[i] ^ key[i]);
  context made{EVP_MD_CTX_new()};
  const bool ready = made && EVP_DigestInit_ex(made.get(), hash, nullptr) == 1 &&
                     EVP_DigestUpdate(made.get(), block.data(), block.size()) == 1;
  OPENSSL_cleanse(block.data(), block.size());
  if (!ready) throw std::runtime_error{"OpenSSL cannot hash"};
  return made;
}

hmac_key::hmac_key(algorithm alg, std::string_view secret) {
  const auto* hash = hash_of(alg);
  std::array<unsigned char, EVP_MAX_MD_SIZE> shorter;
  unsigned size = 0;
  // RFC 2104 2: a key longer than a block is hashed first.
  if (secret.size() > static_cast<std::size_t>(EVP_MD_get_block_size(hash))) {
    if (EVP_Digest(secret.data(), secret.size(), shorter.data(), &size, hash, nullptr) != 1)
      throw std::runtime_error{"OpenSSL cannot hash"};
    secret = {reinterpret_cast<const char*>(shorter.data()), size};
  }
  inner_ = keyed(hash, secret, 0x36);
  outer_ = keyed(hash, secret, 0x5c);
  OPENSSL_cleanse(shorter.data(), size);
}

bool hmac_key::has_signed(std::string_view text, std::string_view signature) const {
  thread_local const context work{EVP_MD_CTX_new()};
  std::array<unsigned char, EVP_MAX_MD_SIZE> ours;
  unsigned size = 0;
  const bool made =
      work && EVP_MD_CTX_copy_ex(work.get(), inner_.get()) == 1 &&
      EVP_DigestUpdate(work.get(), text.data(), text.size()) == 1 &&
      EVP_DigestFinal_ex(work.get(), ours.data(), &size) == 1 && EVP_MD_CTX_copy_ex(work.get(), outer_.get()) == 1 &&
      EVP_DigestUpdate(work.get(), ours.data(), size) == 1 && EVP_DigestFinal_ex(work.get(), ours.data(), &size) == 1;
  return made && signature.size() == size && CRYPTO_memcmp(signature.data(), ours.data(), size) == 0;
}

std::string sign(std::string_view secret, algorithm alg, std::string_view payload) {
  const key signing{cjose_jwk_create_oct_spec(bytes_of(secret), secret.size(), nullptr)};
  if (!signing) throw std::invalid_argument{"a secret cannot be used as a key"};
  const std::unique_ptr<cjose_header_t, header_releaser> header{cjose_header_new(nullptr)};
  const std::string name{to_string(alg)};
  const bool complete = header && cjose_header_set(header.get(), "alg", name.c_str(), nullptr) &&
                        cjose_header_set(header.get(), "typ", "JWT", nullptr);
  const signed_text jws{
      complete ? cjose_jws_sign(signing.get(), header.get(), bytes_of(payload), payload.size(), nullptr) : nullptr};
  const char* compact = nullptr;
  if (!jws || !cjose_jws_export(jws.get(), &compact, nullptr)) {
    ERR_clear_error();
    throw std::runtime_error{"the token cannot be signed"};
  }
  return compact;
}

}  // namespace encke::jwt
