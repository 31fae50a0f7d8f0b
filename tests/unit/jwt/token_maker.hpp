// SPDX-License-Identifier: MIT
// Makes tokens of any shape for the tests, with OpenSSL's HMAC and none of the code under test.
#pragma once

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>

#include <encke/base64.hpp>

namespace encke::test {

inline constexpr std::string_view first_secret = "first-secret-of-64-bytes-0123456789-0123456789-0123456789-012345";
inline constexpr std::string_view second_secret = "other-secret-of-64-bytes-0123456789-0123456789-0123456789-012345";
inline constexpr std::string_view stranger_secret = "not-our-secret-of-64-bytes-456789-0123456789-0123456789-01234567";
inline constexpr std::string_view plain_header = R"({"alg":"HS256","typ":"JWT"})";

inline std::string hmac(std::string_view key, std::string_view text, const char* hash) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  const auto* made = HMAC(EVP_get_digestbyname(hash), key.data(), static_cast<int>(key.size()),
                          reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
  if (made == nullptr) throw std::runtime_error{"no such hash"};
  return {reinterpret_cast<const char*>(digest), size};
}

inline std::string make_token(std::string_view payload, std::string_view header = plain_header,
                              std::string_view key = first_secret, const char* hash = "SHA256") {
  const auto text = base64::encode_url(header) + "." + base64::encode_url(payload);
  return text + "." + base64::encode_url(hmac(key, text, hash));
}

inline std::chrono::system_clock::time_point at(std::int64_t seconds) {
  return std::chrono::system_clock::time_point{std::chrono::seconds{seconds}};
}

}  // namespace encke::test
