// SPDX-License-Identifier: MIT
// Tokens that are refused, one kind for each reason, and good ones. The soak's servers and clients agree on the
// settings here; no socket, no thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <encke/jwt.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace encke::soak {

/// What is wrong with a token. `none` is the algorithm of that name.
enum class flaw : std::uint8_t {
  missing,
  malformed,
  bad_signature,
  expired,
  not_yet_valid,
  wrong_issuer,
  wrong_audience,
  invalid_user,
  none,
};
inline constexpr std::size_t flaws = static_cast<std::size_t>(flaw::none) + 1;

/// The code a server answers it with, e.g. "token_expired".
[[nodiscard]] std::string_view code_of(flaw) noexcept;

/// What good tokens look like, and where they are looked for. `later`: in the CONNECT payload, too.
[[nodiscard]] jwt::options token_options(bool later);

class mint {
 public:
  /// `secret`, `user_claim`: of a server with other settings than `token_options`; "" keeps ours.
  mint(const std::string& secret, const std::string& user_claim);

  /// A token with this flaw: one of a few, by the number. "" for `missing`.
  [[nodiscard]] const std::string& flawed(flaw, std::uint64_t number) const;
  [[nodiscard]] std::string good(std::string_view user) const;

 private:
  [[nodiscard]] std::string make(flaw, std::size_t variant) const;

  static constexpr std::size_t variants = 16;
  jwt::options options_;
  std::chrono::system_clock::time_point now_ = std::chrono::system_clock::now();
  std::array<std::array<std::string, variants>, flaws> flawed_;
};

}  // namespace encke::soak
