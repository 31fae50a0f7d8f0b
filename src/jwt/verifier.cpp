// SPDX-License-Identifier: MIT
// The verifier, and `mint`, its opposite: options checked, keys made once, and the order in which a token is looked at.
// What costs least comes first, and nothing of the payload counts before the signature does.
#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <stdexcept>

#include <encke/jwt.hpp>

#include <encke/base64.hpp>
#include "base/utf8.hpp"
#include "jwt/claims.hpp"
#include "jwt/keys.hpp"

namespace encke::jwt {
namespace {

using std::chrono::system_clock;

constexpr std::size_t most_secrets = 16;
constexpr std::size_t largest_token = 1024 * 1024;

struct token_parts {
  std::string_view header, payload, signature;
};

// RFC 7515 7.1: header.payload.signature. An encrypted token has five parts (RFC 7516 7.1).
std::optional<token_parts> split(std::string_view token) {
  const auto first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const auto second = token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const token_parts parts{token.substr(0, first), token.substr(first + 1, second - first - 1),
                          token.substr(second + 1)};
  if (parts.header.empty() || parts.payload.empty()) return std::nullopt;
  // RFC 7515 2: base64url without padding. Bits that belong to no byte must be zero (RFC 4648 3.5), so that a token has
  // one spelling only.
  if (!base64::is_canonical_url(parts.header) || !base64::is_canonical_url(parts.payload) ||
      !base64::is_canonical_url(parts.signature))
    return std::nullopt;
  return parts;
}

std::vector<std::string_view> secrets_of(const options& o) {
  std::vector<std::string_view> secrets;
  if (!o.secret.empty()) secrets.emplace_back(o.secret);
  secrets.insert(secrets.end(), o.secrets.begin(), o.secrets.end());
  return secrets;
}

void check_secret(const options& o, std::string_view name, std::string_view secret, std::vector<std::string>& faults) {
  const auto least = least_secret(o.alg);
  if (secret.size() >= least) return;
  faults.push_back(std::string{name} + " has " + std::to_string(secret.size()) + " bytes; " +
                   std::string{to_string(o.alg)} + " needs at least " + std::to_string(least) + " (RFC 7518 3.2)");
}

void throw_faults(const options& o) {
  const auto faults = check(o);
  if (faults.empty()) return;
  std::string text = "jwt: ";
  for (const auto& fault : faults) text += (&fault == &faults.front() ? "" : "; ") + fault;
  throw std::invalid_argument{text};
}

}  // namespace

std::string_view to_string(algorithm alg) noexcept {
  switch (alg) {
    case algorithm::hs256: return "HS256";
    case algorithm::hs384: return "HS384";
    case algorithm::hs512: return "HS512";
  }
  return "";
}

std::optional<algorithm> algorithm_of(std::string_view name) noexcept {
  for (const auto alg : {algorithm::hs256, algorithm::hs384, algorithm::hs512})
    if (to_string(alg) == name) return alg;
  return std::nullopt;
}

std::string_view code_of(refusal r) noexcept {
  switch (r) {
    case refusal::missing: return "missing_token";
    case refusal::too_long: return "token_too_long";
    case refusal::malformed: return "malformed_token";
    case refusal::wrong_algorithm: return "wrong_algorithm";
    case refusal::bad_signature: return "bad_signature";
    case refusal::invalid_exp: return "invalid_exp_claim";
    case refusal::invalid_nbf: return "invalid_nbf_claim";
    case refusal::invalid_iat: return "invalid_iat_claim";
    case refusal::missing_exp: return "missing_exp_claim";
    case refusal::expired: return "token_expired";
    case refusal::not_yet_valid: return "token_not_yet_valid";
    case refusal::wrong_issuer: return "wrong_issuer";
    case refusal::wrong_audience: return "wrong_audience";
    case refusal::invalid_user: return "invalid_user_claim";
    case refusal::foreign_origin: return "foreign_origin";
  }
  return "malformed_token";
}

std::string_view message_of(refusal r) noexcept {
  switch (r) {
    case refusal::missing: return "a token is needed to connect";
    case refusal::too_long: return "the token is longer than this server allows";
    case refusal::malformed: return "the token is not a well-formed signed JWT";
    case refusal::wrong_algorithm: return "the token is signed with another algorithm than this server expects";
    case refusal::bad_signature: return "the signature of the token is not valid";
    case refusal::invalid_exp: return "exp in the token is not a number";
    case refusal::invalid_nbf: return "nbf in the token is not a number";
    case refusal::invalid_iat: return "iat in the token is not a number";
    case refusal::missing_exp: return "the token has no exp, which this server requires";
    case refusal::expired: return "the token has expired";
    case refusal::not_yet_valid: return "the token is not valid yet";
    case refusal::wrong_issuer: return "the token is from another issuer";
    case refusal::wrong_audience: return "the token is meant for another audience";
    case refusal::invalid_user: return "the token does not name a usable user";
    case refusal::foreign_origin: return "a page of another origin cannot use the token in the cookie";
  }
  return "the token is not a well-formed signed JWT";
}

void throw_exception_from_error(refusal r, const boost::source_location&) {
  throw std::runtime_error{std::string{message_of(r)}};
}

std::vector<std::string> check(const options& o) {
  std::vector<std::string> faults;
  if (o.secret.empty() && o.secrets.empty()) faults.emplace_back("no secret is given");
  if (!o.secret.empty()) check_secret(o, "secret", o.secret, faults);
  for (std::size_t i = 0; i < o.secrets.size(); ++i)
    check_secret(o, "secrets[" + std::to_string(i) + "]", o.secrets[i], faults);
  // Each secret costs a hash for every forged token.
  if (secrets_of(o).size() > most_secrets) faults.push_back("more than " + std::to_string(most_secrets) + " secrets");
  (void)parse_lookup(o.lookup, faults);
  if (o.user_claim.empty()) faults.emplace_back("user_claim is empty");
  if (std::ranges::find(o.audience, std::string{}) != o.audience.end())
    faults.emplace_back("audience has an empty name");
  if (o.leeway < std::chrono::seconds{0} || o.leeway > std::chrono::hours{24})
    faults.emplace_back("leeway is not between 0 and 24 hours");
  if (o.max_token == 0 || o.max_token > largest_token)
    faults.push_back("max_token is not between 1 and " + std::to_string(largest_token));
  return faults;
}

struct verifier::state {
  options demanded;  // without the secrets: the keys have them
  std::vector<token_source> lookup;
  std::vector<hmac_key> keys;
  std::array<std::string, 2> usual_headers;  // encoded; what nearly all tokens begin with is not read again and again
};

verifier::verifier(const options& o) {
  throw_faults(o);
  auto made = std::make_shared<state>();
  made->demanded = o;
  made->demanded.secret.clear();
  made->demanded.secrets.clear();
  std::vector<std::string> faults;
  made->lookup = parse_lookup(o.lookup, faults);
  for (const auto secret : secrets_of(o)) made->keys.emplace_back(o.alg, secret);
  const std::string name{to_string(o.alg)};
  made->usual_headers = {base64::encode_url(R"({"alg":")" + name + R"(","typ":"JWT"})"),
                         base64::encode_url(R"({"typ":"JWT","alg":")" + name + R"("})")};
  state_ = std::move(made);
}

const std::vector<token_source>& verifier::lookup() const noexcept {
  return state_->lookup;
}

result<identity, refusal> verifier::verify(std::string_view token, system_clock::time_point now) const {
  if (token.empty()) return refusal::missing;
  if (token.size() > state_->demanded.max_token) return refusal::too_long;
  const auto parts = split(token);
  if (!parts) return refusal::malformed;
  std::string decoded;
  if (std::ranges::find(state_->usual_headers, parts->header) == state_->usual_headers.end()) {
    if (!base64::decode(parts->header, decoded)) return refusal::malformed;
    if (const auto refused = check_header(decoded, state_->demanded.alg)) return *refused;
    decoded.clear();
  }
  // RFC 7518 3.6: what "none" looks like, under another name.
  if (parts->signature.empty()) return refusal::bad_signature;

  if (!base64::decode(parts->signature, decoded)) return refusal::malformed;
  const auto text = token.substr(0, parts->header.size() + 1 + parts->payload.size());
  const auto signs = [&](const hmac_key& one) { return one.has_signed(text, decoded); };
  if (std::ranges::none_of(state_->keys, signs)) return refusal::bad_signature;
  decoded.clear();
  if (!base64::decode(parts->payload, decoded)) return refusal::malformed;
  return read_claims(decoded, state_->demanded, now);
}

std::string mint(const options& o, std::string_view user, std::chrono::seconds lifetime, std::string_view extra_claims,
                 system_clock::time_point now) {
  throw_faults(o);
  if (!is_user_id(user) || !utf8::is_valid(user)) throw std::invalid_argument{"jwt: the user id cannot be used"};
  const auto extra = parse_object(extra_claims.empty() ? "{}" : extra_claims);
  if (!extra) throw std::invalid_argument{"jwt: the extra claims are not a JSON object"};

  const auto issued = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch();
  boost::json::object claims{{o.user_claim, user}, {"iat", issued.count()}};
  if (lifetime != std::chrono::seconds{0}) claims["exp"] = (issued + lifetime).count();
  if (!o.issuer.empty()) claims["iss"] = o.issuer;
  if (!o.audience.empty()) claims["aud"] = o.audience.front();
  for (const auto& member : *extra) claims.insert_or_assign(member.key(), member.value());
  return sign(secrets_of(o).front(), o.alg, boost::json::serialize(claims));
}

}  // namespace encke::jwt
