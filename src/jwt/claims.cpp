// SPDX-License-Identifier: MIT
#include "jwt/claims.hpp"

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <utility>

namespace encke::jwt {
namespace {

namespace json = boost::json;
using std::chrono::system_clock;

constexpr std::size_t max_user = 256;
// A time_point counts nanoseconds and ends in 2262; a day of leeway still fits on either side.
constexpr std::int64_t far_future = 9'200'000'000;
constexpr std::size_t scratch_size = 4096;

// Counts the members of the outermost object and builds nothing: an object made of the text keeps one of each name.
struct member_counter {
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  using error = json::error_code;

  std::size_t depth = 0;
  std::size_t members = 0;

  bool enter() {
    ++depth;
    return true;
  }
  bool leave() {
    --depth;
    return true;
  }
  bool on_document_begin(error&) { return true; }
  bool on_document_end(error&) { return true; }
  bool on_object_begin(error&) { return enter(); }
  bool on_object_end(std::size_t, error&) { return leave(); }
  bool on_array_begin(error&) { return enter(); }
  bool on_array_end(std::size_t, error&) { return leave(); }
  bool on_key_part(json::string_view, std::size_t, error&) { return true; }
  bool on_key(json::string_view, std::size_t, error&) {
    if (depth == 1) ++members;
    return true;
  }
  bool on_string_part(json::string_view, std::size_t, error&) { return true; }
  bool on_string(json::string_view, std::size_t, error&) { return true; }
  bool on_number_part(json::string_view, error&) { return true; }
  bool on_int64(std::int64_t, json::string_view, error&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, error&) { return true; }
  bool on_double(double, json::string_view, error&) { return true; }
  bool on_bool(bool, error&) { return true; }
  bool on_null(error&) { return true; }
  bool on_comment_part(json::string_view, error&) { return true; }
  bool on_comment(json::string_view, error&) { return true; }
};

std::size_t count_members(std::string_view text) {
  json::basic_parser<member_counter> parser{json::parse_options{}};
  json::error_code ec;
  parser.write_some(false, text.data(), text.size(), ec);
  return parser.handler().members;
}

// RFC 7519 2, NumericDate: seconds since 1970, fractions allowed. Times that the clock cannot hold become its far ends.
std::optional<system_clock::time_point> date_of(const json::value& number) {
  using seconds = std::chrono::duration<double>;
  if (const auto* whole = number.if_int64())
    return system_clock::time_point{std::chrono::seconds{std::clamp(*whole, -far_future, far_future)}};
  if (number.is_uint64()) return system_clock::time_point{std::chrono::seconds{far_future}};
  const auto* fractional = number.if_double();
  if (fractional == nullptr || !std::isfinite(*fractional)) return std::nullopt;
  const double limit = static_cast<double>(far_future);
  const seconds since{std::clamp(*fractional, -limit, limit)};
  return system_clock::time_point{std::chrono::duration_cast<system_clock::duration>(since)};
}

struct dates {
  std::optional<system_clock::time_point> expires, begins;
};

// The refusal if one of the three is there and not a date.
result<dates, refusal> dates_of(const json::object& claims) {
  dates found;
  std::optional<system_clock::time_point> issued;
  struct wanted_date {
    std::string_view name;
    std::optional<system_clock::time_point>* date;
    refusal otherwise;
  };
  for (const auto& [name, date, otherwise] :
       {wanted_date{"exp", &found.expires, refusal::invalid_exp},
        wanted_date{"nbf", &found.begins, refusal::invalid_nbf}, wanted_date{"iat", &issued, refusal::invalid_iat}}) {
    const auto* value = claims.if_contains(name);
    if (value == nullptr) continue;
    *date = date_of(*value);
    if (!*date) return otherwise;
  }
  return found;
}

bool is_text(const json::value* value, std::string_view expected) {
  const auto* text = value == nullptr ? nullptr : value->if_string();
  return text != nullptr && std::string_view{text->data(), text->size()} == expected;
}

bool is_none(std::string_view algorithm) {
  const auto is_letter = [](char given, char lower) { return (given | 0x20) == lower; };
  return std::ranges::equal(algorithm, std::string_view{"none"}, is_letter);
}

// RFC 7519 4.1.3: one string, or an array of them.
bool is_for(const json::value* audience, const std::vector<std::string>& expected) {
  const auto is_expected = [&expected](const json::value& value) {
    return std::ranges::any_of(expected, [&value](const std::string& name) { return is_text(&value, name); });
  };
  if (audience == nullptr) return false;
  const auto* several = audience->if_array();
  return several == nullptr ? is_expected(*audience) : std::ranges::any_of(*several, is_expected);
}

// A user is named by a string or by a whole number; 7.0 is a number too, but its spelling is not defined.
std::optional<std::string> user_in(const json::value* claim) {
  if (claim == nullptr) return std::nullopt;
  if (const auto* number = claim->if_int64()) return std::to_string(*number);
  if (const auto* number = claim->if_uint64()) return std::to_string(*number);
  const auto* text = claim->if_string();
  if (text == nullptr || !is_user_id({text->data(), text->size()})) return std::nullopt;
  return std::string{text->data(), text->size()};
}

}  // namespace

std::optional<json::object> parse_object(std::string_view text, json::storage_ptr memory) {
  json::error_code ec;
  json::value parsed = json::parse(text, ec, std::move(memory));
  if (ec || !parsed.is_object()) return std::nullopt;
  // RFC 7515 4, RFC 7519 4: names are unique. Two readers could take different ones of two, so the token is refused.
  if (count_members(text) != parsed.get_object().size()) return std::nullopt;
  return std::move(parsed.get_object());
}

std::optional<refusal> check_header(std::string_view text, algorithm expected) {
  std::array<unsigned char, scratch_size> scratch;
  json::monotonic_resource memory{scratch.data(), scratch.size()};
  const auto header = parse_object(text, &memory);
  if (!header) return refusal::malformed;
  // RFC 7515 4.1.11: extensions that are not understood and marked critical. None is understood.
  if (header->contains("crit")) return refusal::malformed;
  // RFC 7797 3: an unencoded payload.
  const auto* encoded = header->if_contains("b64");
  if (encoded != nullptr && !(encoded->is_bool() && encoded->get_bool())) return refusal::malformed;
  const auto* alg = header->if_contains("alg");
  if (alg == nullptr || !alg->is_string()) return refusal::malformed;
  if (is_text(alg, to_string(expected))) return std::nullopt;
  // RFC 7518 3.6: a token that nobody signed, in whatever case it is written.
  return is_none(alg->get_string()) ? refusal::bad_signature : refusal::wrong_algorithm;
}

bool is_user_id(std::string_view text) noexcept {
  if (text.empty() || text.size() > max_user) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7f) return false;
    // U+0080 to U+009F are control characters as well: C2 80 to C2 9F.
    if (byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) return false;
  }
  return true;
}

result<identity, refusal> read_claims(std::string_view payload, const options& demanded, system_clock::time_point now) {
  std::array<unsigned char, scratch_size> scratch;
  json::monotonic_resource memory{scratch.data(), scratch.size()};
  const auto claims = parse_object(payload, &memory);
  if (!claims) return refusal::malformed;
  const auto when = dates_of(*claims);
  if (!when) return when.error();
  if (demanded.require_exp && !when->expires) return refusal::missing_exp;

  if (when->expires && *when->expires + demanded.leeway <= now) return refusal::expired;
  if (when->begins && *when->begins - demanded.leeway > now) return refusal::not_yet_valid;
  if (!demanded.issuer.empty() && !is_text(claims->if_contains("iss"), demanded.issuer)) return refusal::wrong_issuer;
  if (!demanded.audience.empty() && !is_for(claims->if_contains("aud"), demanded.audience))
    return refusal::wrong_audience;

  auto user = user_in(claims->if_contains(demanded.user_claim));
  if (!user) return refusal::invalid_user;
  return identity{std::move(*user), when->expires, std::string{payload}};
}

}  // namespace encke::jwt
