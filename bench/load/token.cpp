// SPDX-License-Identifier: MIT
#include "bench/load/token.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace encke::load {

namespace {

constexpr std::int64_t day = 24 * 3600;

std::string signature_of(std::string_view text, std::string_view secret) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
  return {reinterpret_cast<const char*>(digest), size};
}

}  // namespace

std::string base64url(std::string_view bytes) {
  static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  text.reserve(bytes.size() * 4 / 3 + 3);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (held += 8; held >= 6; held -= 6) text += letters[bits >> (held - 6) & 63];
  }
  if (held > 0) text += letters[bits << (6 - held) & 63];
  return text;
}

std::string mint::make(std::string_view user, std::int64_t now, flaw with) const {
  if (with == flaw::missing) return {};
  if (with == flaw::malformed) return "not.a.token";
  const auto issued = with == flaw::expired ? now - 2 * day : now;
  auto token = base64url(R"({"alg":"HS256","typ":"JWT"})") + '.' +
               base64url(fmt::format(R"({{"{}":"{}","iat":{},"exp":{}}})", claim, user, issued, issued + day));
  auto digest = signature_of(token, secret);
  if (with == flaw::signature) digest[0] = static_cast<char>(digest[0] ^ 1);
  return token + '.' + base64url(digest);
}

}  // namespace encke::load
