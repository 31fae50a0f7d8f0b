// SPDX-License-Identifier: MIT
#include "bench/soak/tokens.hpp"

namespace encke::soak {

namespace {

using namespace std::chrono_literals;

constexpr auto lifetime = std::chrono::hours{24};

std::string malformed(std::size_t variant) {
  switch (variant % 4) {
    case 0: return "not-a-token";
    case 1: return "eyJhbGciOiJIUzI1NiJ9.e30";
    case 2: return "bm90IEpTT04.bm90IEpTT04.bm90IEpTT04";
    default: return "eyJhbGciOiJIUzI1NiJ9." + std::string(8000, '=') + ".AAAA";  // nearly as long as one may be
  }
}

// RFC 7519 6.1: {"alg":"none"}, the claims of a good token, and no signature.
std::string unsigned_from(const std::string& good) {
  const auto payload = good.find('.');
  const auto signature = good.rfind('.');
  return "eyJhbGciOiJub25lIn0" + good.substr(payload, signature - payload + 1);
}

}  // namespace

std::string_view code_of(flaw what) noexcept {
  switch (what) {
    case flaw::missing: return "missing_token";
    case flaw::malformed: return "malformed_token";
    case flaw::bad_signature:
    case flaw::none: return "bad_signature";
    case flaw::expired: return "token_expired";
    case flaw::not_yet_valid: return "token_not_yet_valid";
    case flaw::wrong_issuer: return "wrong_issuer";
    case flaw::wrong_audience: return "wrong_audience";
    case flaw::invalid_user: return "invalid_user_claim";
  }
  return "";
}

jwt::options token_options(bool later) {
  jwt::options o;
  o.secret = "the soak's own secret of forty-two bytes..";
  o.issuer = "https://backend.example";
  o.audience = {"push"};
  if (!later) std::erase(o.lookup, "auth:token");
  return o;
}

mint::mint(const std::string& secret, const std::string& user_claim) : options_{token_options(true)} {
  if (!secret.empty()) options_.secret = secret;
  if (!user_claim.empty()) options_.user_claim = user_claim;
  for (std::size_t what = 0; what < flaws; ++what)
    for (std::size_t variant = 0; variant < variants; ++variant)
      flawed_[what][variant] = make(static_cast<flaw>(what), variant);
}

const std::string& mint::flawed(flaw what, std::uint64_t number) const {
  return flawed_[static_cast<std::size_t>(what)][number % variants];
}

std::string mint::good(std::string_view user) const {
  return jwt::mint(options_, user, lifetime, "{}", now_);
}

std::string mint::make(flaw what, std::size_t variant) const {
  const auto user = "user-" + std::to_string(variant);
  const auto with = [&](std::string_view claims, std::chrono::seconds life = lifetime) {
    return jwt::mint(options_, user, life, claims, now_);
  };
  const auto in_an_hour =
      std::to_string(std::chrono::duration_cast<std::chrono::seconds>((now_ + 1h).time_since_epoch()).count());
  switch (what) {
    case flaw::missing: return "";
    case flaw::malformed: return malformed(variant);
    case flaw::bad_signature: {
      auto other = options_;
      other.secret = "another secret, also of at least 32 bytes";
      return jwt::mint(other, user, lifetime, "{}", now_);
    }
    case flaw::expired: return with("{}", -1h);
    case flaw::not_yet_valid: return with("{\"nbf\":" + in_an_hour + "}");
    case flaw::wrong_issuer: return with(R"({"iss":"https://elsewhere.example"})");
    case flaw::wrong_audience: return with(variant % 2 == 0 ? R"({"aud":"pull"})" : R"({"aud":["pull","draw"]})");
    case flaw::invalid_user:
      return with("{\"" + options_.user_claim + (variant % 2 == 0 ? "\":\"\"}" : "\":{\"id\":7}}"));
    case flaw::none: return unsigned_from(with("{}"));
  }
  return "";
}

}  // namespace encke::soak
