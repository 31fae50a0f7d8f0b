// SPDX-License-Identifier: MIT
#include "token.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include <array>
#include <charconv>
#include <stdexcept>

#include "text.hpp"

namespace limit {
namespace {

constexpr auto digits_of_base64url = [] {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  std::int8_t value = 0;
  for (char c = 'A'; c <= 'Z'; ++c) table[static_cast<unsigned char>(c)] = value++;
  for (char c = 'a'; c <= 'z'; ++c) table[static_cast<unsigned char>(c)] = value++;
  for (char c = '0'; c <= '9'; ++c) table[static_cast<unsigned char>(c)] = value++;
  table['-'] = value++;
  table['_'] = value;
  return table;
}();

}  // namespace

bool append_base64url(std::string& out, std::string_view text) {
  if (text.size() % 4 == 1) return false;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const auto digit = digits_of_base64url[static_cast<unsigned char>(c)];
    if (digit < 0) return false;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out.push_back(static_cast<char>(bits >> held));
  }
  return true;
}

token_check::token_check(std::string_view secret)
    : mac_{EVP_MAC_fetch(nullptr, "HMAC", nullptr)}, keyed_{EVP_MAC_CTX_new(mac_.get())} {
  std::string digest = "SHA256";
  const std::array parameters{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                              OSSL_PARAM_construct_end()};
  const auto* key = reinterpret_cast<const unsigned char*>(secret.data());
  if (!keyed_ || EVP_MAC_init(keyed_.get(), key, secret.size(), parameters.data()) != 1)
    throw std::runtime_error{"no HMAC-SHA256 with this key"};
}

bool token_check::is_signed(std::string_view signed_part, std::string_view signature) {
  claims_.clear();  // as a buffer
  if (signature.size() != 43 || !append_base64url(claims_, signature)) return false;
  std::array<unsigned char, 32> ours{};
  std::size_t size = 0;
  // Without a key: the state behind the key is taken again.
  if (EVP_MAC_init(keyed_.get(), nullptr, 0, nullptr) != 1) return false;
  EVP_MAC_update(keyed_.get(), reinterpret_cast<const unsigned char*>(signed_part.data()), signed_part.size());
  if (EVP_MAC_final(keyed_.get(), ours.data(), &size, ours.size()) != 1) return false;
  return size == claims_.size() && CRYPTO_memcmp(ours.data(), claims_.data(), size) == 0;
}

std::string_view token_check::user_of(std::string_view token, std::int64_t now) {
  const auto first = token.find('.');
  const auto last = token.rfind('.');
  if (first == token.npos || first == last || token.find('.', first + 1) != last) return {};
  if (!is_signed(token.substr(0, last), token.substr(last + 1))) return {};
  claims_.clear();
  if (!append_base64url(claims_, token.substr(0, first))) return {};
  if (string_in(member_of(claims_, "alg")) != "HS256") return {};
  claims_.clear();
  if (!append_base64url(claims_, token.substr(first + 1, last - first - 1))) return {};
  const auto end = member_of(claims_, "exp");
  std::int64_t over = 0;
  if (std::from_chars(end.data(), end.data() + end.size(), over).ec != std::errc{} || over <= now) return {};
  return string_in(member_of(claims_, "uid"));
}

}  // namespace limit
