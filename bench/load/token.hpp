// SPDX-License-Identifier: MIT
// Tokens: JSON Web Tokens (RFC 7519) signed with HS256, good ones and ones that a server has to refuse.
// The crowd mints one for each client before it connects, so none is made while something is measured.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace encke::load {

// What is wrong with a token.
enum class flaw : std::uint8_t { none, signature, expired, malformed, missing };

struct mint {
  std::string secret;
  std::string claim = "uid";

  // A token that names `user` and is good for a day from `now` (seconds since 1970); empty for flaw::missing.
  [[nodiscard]] std::string make(std::string_view user, std::int64_t now, flaw with = flaw::none) const;
};

[[nodiscard]] std::string base64url(std::string_view bytes);

}  // namespace encke::load
