// SPDX-License-Identifier: MIT
#include "gateway/settings/keys.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <encke/base64.hpp>
#include <memory>
#include <stdexcept>

namespace encke::gateway {
namespace {

constexpr std::string_view prefix = "sha256:";

// OpenSSL 3 looks an algorithm up each time it is used, which takes longer than the digest of a key: so it is fetched
// once, and its state is kept.
class sha256 {
 public:
  sha256() {
    if (!algorithm_ || !state_) throw std::runtime_error{"SHA-256 is not available"};
  }
  std::array<unsigned char, 32> operator()(std::string_view text) {
    std::array<unsigned char, 32> out{};
    if (EVP_DigestInit_ex(state_.get(), algorithm_.get(), nullptr) != 1 ||
        EVP_DigestUpdate(state_.get(), text.data(), text.size()) != 1 ||
        EVP_DigestFinal_ex(state_.get(), out.data(), nullptr) != 1)
      throw std::runtime_error{"SHA-256 failed"};
    return out;
  }

 private:
  std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm_{EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_free};
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> state_{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

std::array<unsigned char, 32> digest(std::string_view text) {
  thread_local sha256 of;
  return of(text);
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string make_key() {
  std::array<char, 32> random{};
  if (RAND_bytes(reinterpret_cast<unsigned char*>(random.data()), random.size()) != 1)
    throw std::runtime_error{"no random bytes"};
  return "encke_" + base64::encode_url({random.data(), random.size()});
}

std::string hash_of_key(std::string_view key) {
  return format_key_hash(digest(key));
}

std::optional<std::array<unsigned char, 32>> parse_key_hash(std::string_view text) {
  if (!text.starts_with(prefix) || text.size() != prefix.size() + 64) return std::nullopt;
  text.remove_prefix(prefix.size());
  std::array<unsigned char, 32> out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = hex_value(text[2 * i]), low = hex_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out[i] = static_cast<unsigned char>(high * 16 + low);
  }
  return out;
}

std::string format_key_hash(const std::array<unsigned char, 32>& hash) {
  std::string out{prefix};
  for (const unsigned char byte : hash) out += fmt::format("{:02x}", byte);
  return out;
}

const api_key* find_key(std::span<const api_key> keys, std::string_view presented) {
  const auto hash = digest(presented);
  const api_key* found = nullptr;
  for (const auto& key : keys)
    if (CRYPTO_memcmp(key.hash.data(), hash.data(), hash.size()) == 0) found = &key;
  return found;
}

}  // namespace encke::gateway
