// SPDX-License-Identifier: MIT
#include "gateway/cli/token_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <encke/base64.hpp>
#include <optional>
#include <vector>

#include "gateway/text/quotes.hpp"
#include "gateway/text/units.hpp"

namespace encke::gateway {
namespace {

namespace json = boost::json;
using std::chrono::system_clock;

// The part of a token with this number as an object; an empty one if it is none.
json::object part_of(std::string_view token, int number) {
  for (; number > 0; --number) token.remove_prefix(std::min(token.find('.') + 1, token.size()));
  boost::system::error_code failed;
  auto parsed = json::parse(base64::decode(token.substr(0, token.find('.'))).value_or(""), failed);
  return !failed && parsed.is_object() ? std::move(parsed.get_object()) : json::object{};
}

// Claims may be long.
std::string cut(std::string text) {
  constexpr std::size_t most = 60;
  if (text.size() > most) text.replace(most, std::string::npos, "...");
  return text;
}

std::string value_of(const json::object& claims, std::string_view name) {
  const auto* value = claims.if_contains(name);
  return value == nullptr ? "is missing" : "is " + cut(json::serialize(*value));
}

// The largest unit that there is at least one of.
std::string about(std::chrono::seconds time) {
  using namespace std::chrono_literals;
  if (time >= 48h) return fmt::format("{} days", time / 24h);
  if (time >= 2h) return fmt::format("{} h", time / 1h);
  return time >= 2min ? fmt::format("{} min", time / 1min) : fmt::format("{} s", time.count());
}

// How far `now` is behind a date, negative if it is still to come; nothing if it is no date.
std::optional<std::chrono::seconds> since(const json::object& claims, std::string_view name,
                                          system_clock::time_point now) {
  const auto* value = claims.if_contains(name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  constexpr double far = 9.2e9;  // as far as the clock goes
  const double date = std::clamp(value->to_number<double>(), -far, far);
  const auto seconds = std::chrono::duration<double>{now.time_since_epoch()}.count() - date;
  return std::chrono::seconds{static_cast<std::int64_t>(std::floor(seconds))};
}

std::string join(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : " or ") + in_quotes(name);
  return text;
}

std::string about_time(jwt::refusal why, const json::object& claims, system_clock::time_point now) {
  const bool is_over = why == jwt::refusal::expired;
  const auto time = since(claims, is_over ? "exp" : "nbf", now).value_or(std::chrono::seconds{0});
  return is_over ? fmt::format("expired {} ago", about(time)) : fmt::format("good only in {}", about(-time));
}

std::string about_user(const json::object& claims, const auth_settings& auth) {
  const auto* user = claims.if_contains(auth.user_claim);
  const auto name = fmt::format("the claim {} (`auth.user_claim`)", in_quotes(auth.user_claim));
  if (user == nullptr) return name + " is missing";
  if (!user->is_string())
    return fmt::format("{} {}, neither a text nor a whole number", name, value_of(claims, auth.user_claim));
  return fmt::format("{} {}: 1 to 256 bytes without control characters are allowed", name,
                     value_of(claims, auth.user_claim));
}

}  // namespace

std::string explain(jwt::refusal why, std::string_view token, const auth_settings& auth, system_clock::time_point now) {
  const auto claims = [&] { return part_of(token, 1); };
  const auto no_number = [&](std::string_view name) {
    return fmt::format("the claim \"{}\" {}, not a number of seconds since 1970", name, value_of(claims(), name));
  };
  switch (why) {
    case jwt::refusal::too_long:
      return fmt::format("it has {} bytes; `limits.token` is {}", token.size(), format_size(auth.max_token));
    case jwt::refusal::wrong_algorithm:
      return fmt::format("its \"alg\" {}; `auth.algorithm` is {}", value_of(part_of(token, 0), "alg"),
                         jwt::to_string(auth.algorithm));
    case jwt::refusal::invalid_exp: return no_number("exp");
    case jwt::refusal::invalid_nbf: return no_number("nbf");
    case jwt::refusal::invalid_iat: return no_number("iat");
    case jwt::refusal::missing_exp: return "the claim \"exp\" is missing, and `auth.require_exp` is set";
    case jwt::refusal::expired:
    case jwt::refusal::not_yet_valid: return about_time(why, claims(), now);
    case jwt::refusal::wrong_issuer:
      return fmt::format("the claim \"iss\" {}; `auth.issuer` is {}", value_of(claims(), "iss"),
                         in_quotes(auth.issuer));
    case jwt::refusal::wrong_audience:
      return fmt::format("the claim \"aud\" {}; `auth.audience` is {}", value_of(claims(), "aud"), join(auth.audience));
    case jwt::refusal::invalid_user: return about_user(claims(), auth);
    case jwt::refusal::missing:
    case jwt::refusal::malformed:
    case jwt::refusal::bad_signature:
    case jwt::refusal::foreign_origin: break;
  }
  return std::string{jwt::message_of(why)};
}

std::string remark_on(const jwt::identity& who, const auth_settings& auth, system_clock::time_point now) {
  boost::system::error_code failed;
  const auto parsed = json::parse(who.claims, failed);
  if (failed || !parsed.is_object()) return {};
  const auto& claims = parsed.get_object();
  const auto within = fmt::format("within `auth.leeway` ({})", format_duration(auth.leeway));
  if (const auto over = since(claims, "exp", now); over && who.expires && *who.expires <= now)
    return fmt::format("expired {} ago, {}", about(*over), within);
  if (const auto begun = since(claims, "nbf", now); begun && begun->count() < 0)
    return fmt::format("good only in {}, {}", about(-*begun), within);
  return {};
}

}  // namespace encke::gateway
