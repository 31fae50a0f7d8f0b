// SPDX-License-Identifier: MIT
// Tokens at the door: clients prove who they are with a JWT (RFC 7519), signed with a secret the backend shares
// (HMAC, RFC 7518 3.2). `protect` guards a whole server in one line; `verifier` and the functions around it are the
// parts it is made of, for programs that want to look themselves.
// Library: link encke_jwt. Only `protect` reads a clock; everywhere else the time is an argument.
#pragma once

#include <any>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <encke/error.hpp>
#include <encke/export.hpp>

namespace encke {
class admission;
struct handshake;
class server;
class socket;
}  // namespace encke

namespace encke::jwt {

/// How tokens are signed. Chosen by configuration, never by the token, so "none" cannot be expressed.
enum class algorithm : std::uint8_t { hs256, hs384, hs512 };
/// "HS256", "HS384", "HS512": the name in a token's header.
[[nodiscard]] ENCKE_API std::string_view to_string(algorithm) noexcept;
/// The algorithm of a name as written above; nothing for any other text.
[[nodiscard]] ENCKE_API std::optional<algorithm> algorithm_of(std::string_view name) noexcept;

/// Bytes that a secret must have at the least: as many as the hash (RFC 7518 3.2).
[[nodiscard]] ENCKE_API std::size_t least_secret(algorithm) noexcept;

/// Why a client is not let in.
enum class refusal : std::uint8_t {
  missing,          ///< no token where one was looked for
  too_long,         ///< longer than `options::max_token`; nobody has looked at it
  malformed,        ///< not a signed token in compact form, or a header, such as one with `crit`, that is unusable
  wrong_algorithm,  ///< the header names another algorithm than `options::alg`
  bad_signature,    ///< signed with another secret, changed since, or not signed at all ("none")
  invalid_exp,      ///< `exp` is not a number
  invalid_nbf,      ///< `nbf` is not a number
  invalid_iat,      ///< `iat` is not a number
  missing_exp,      ///< no `exp`, and `options::require_exp` is set
  expired,          ///< `exp` is over
  not_yet_valid,    ///< `nbf` is still to come
  wrong_issuer,     ///< `iss` is not the one expected
  wrong_audience,   ///< `aud` holds none of those expected
  invalid_user,     ///< the user claim is absent or cannot be a user id
  foreign_origin,   ///< the token is in a cookie, and the request is of a page that may not use it
};
/// One more than the last of them.
inline constexpr std::size_t refusal_count = static_cast<std::size_t>(refusal::foreign_origin) + 1;
/// For programs: "missing_token", "token_too_long", "malformed_token", "wrong_algorithm", "bad_signature",
/// "invalid_exp_claim", "invalid_nbf_claim", "invalid_iat_claim", "missing_exp_claim", "token_expired",
/// "token_not_yet_valid", "wrong_issuer", "wrong_audience", "invalid_user_claim", "foreign_origin".
[[nodiscard]] ENCKE_API std::string_view code_of(refusal) noexcept;
/// For people: a short sentence without quotes, fit for a header value.
[[nodiscard]] ENCKE_API std::string_view message_of(refusal) noexcept;
/// Called by `result::value()` when there is no value.
[[noreturn]] ENCKE_API void throw_exception_from_error(refusal, const boost::source_location&);

/// One place where a token may be found.
struct token_source {
  enum class kind : std::uint8_t {
    query,   ///< a parameter of the handshake URL
    cookie,  ///< a cookie: sent by the browser by itself, so worth less than the others (see `protect`)
    header,  ///< `Authorization: Bearer TOKEN`
    auth,    ///< a member of the object a Socket.IO client sends with CONNECT
  };
  kind where = kind::header;
  std::string name;  ///< of the parameter, cookie or member; empty for `header`

  friend bool operator==(const token_source&, const token_source&) = default;
};

/// As it is written in the options, e.g. "query:token".
[[nodiscard]] ENCKE_API std::string to_string(const token_source&);

/// Reads sources written as "query:NAME", "cookie:NAME", "header" and "auth:NAME". Adds one sentence to `faults` for
/// each entry that is none of these or is there twice, and one for an empty list; gives those that are right.
[[nodiscard]] ENCKE_API std::vector<token_source> parse_lookup(std::span<const std::string> lookup,
                                                               std::vector<std::string>& faults);

struct options {
  algorithm alg = algorithm::hs256;
  std::string secret{};                ///< the raw bytes; tokens are minted with it
  std::vector<std::string> secrets{};  ///< more secrets whose tokens are good too, for rotation
  /// Where to look, in this order; the first place that holds a token decides, but a cookie only if it verifies.
  std::vector<std::string> lookup = {"query:token", "header", "auth:token", "cookie:token"};
  std::string user_claim = "sub";
  std::string issuer{};                 ///< empty: not checked
  std::vector<std::string> audience{};  ///< one of these must be in `aud`; empty: not checked
  std::chrono::seconds leeway{30};      ///< how far clocks may differ, at most a day
  bool require_exp = false;             ///< a token without `exp` is refused
  std::size_t max_token = 8192;         ///< bytes; a longer token is refused without a look at it. At most 1 MiB
};

/// Every fault of the options, one sentence each; empty if a verifier can be made from them. No sentence holds a
/// secret.
[[nodiscard]] ENCKE_API std::vector<std::string> check(const options&);

/// Who a client is.
struct identity {
  std::string user;                                              ///< 1 to 256 bytes of UTF-8, no control characters
  std::optional<std::chrono::system_clock::time_point> expires;  ///< `exp` as it stands, without leeway
  std::string claims;                                            ///< the payload: the text of a JSON object
};

/// Checks tokens. Immutable: use one from any number of threads; copies share the keys. Keeps nothing of a token.
class ENCKE_API verifier {
 public:
  /// Throws std::invalid_argument that names every fault of `check`.
  explicit verifier(const options&);

  /// The identity in a good token. The signature is compared in constant time before the payload is looked at.
  [[nodiscard]] result<identity, refusal> verify(std::string_view token,
                                                 std::chrono::system_clock::time_point now) const;

  [[nodiscard]] const std::vector<token_source>& lookup() const noexcept;

 private:
  struct state;
  std::shared_ptr<const state> state_;
};

/// A token for `user`, signed with the first secret: for development and tests. `lifetime` zero leaves `exp` out, a
/// negative one gives a token that is over. `extra_claims` is the text of a JSON object whose members are added and
/// win. Throws std::invalid_argument for options with faults and for extra claims that are not an object.
[[nodiscard]] ENCKE_API std::string mint(const options&, std::string_view user, std::chrono::seconds lifetime,
                                         std::string_view extra_claims, std::chrono::system_clock::time_point now);

struct found_token {
  token_source source;
  std::string token;  ///< not empty
};

/// Gives the decoded value of a query parameter, or nothing.
using query_getter = std::function<std::optional<std::string>(std::string_view name)>;

/// The first token of an HTTP request in the order of `lookup`, `auth` sources skipped; of several cookies of one name
/// the first. An empty value counts as absent, as does an Authorization of another scheme than Bearer. Headers that are
/// absent are empty; several Cookie headers are joined by "; ".
[[nodiscard]] ENCKE_API std::optional<found_token> find_in_request(std::span<const token_source> lookup,
                                                                   const query_getter& query, std::string_view cookie,
                                                                   std::string_view authorization);

/// A URL, path or bare query for a log: the value of each query parameter named in `lookup` is "***". Names match as
/// the server would decode them.
[[nodiscard]] ENCKE_API std::string redact_url(std::string_view url, std::span<const token_source> lookup);

/// A header's value for a log: of Authorization and Proxy-Authorization only the scheme stays, of Cookie and Set-Cookie
/// the names; other headers stay as they are.
[[nodiscard]] ENCKE_API std::string redact_header(std::string_view name, std::string_view value);

/// Guards every namespace of a server: a token in the HTTP request is checked before the session opens, otherwise one
/// in the CONNECT payload before the socket is connected. A client refused by HTTP gets 401, `WWW-Authenticate: Bearer`
/// and a body {"code","message"}; one refused later CONNECT_ERROR with data {"code","message"}. A request without a
/// token is refused at once if no `auth` source is configured, and for clients of Engine.IO 3, which send nothing
/// later.
///
/// A cookie comes by itself, so it never counts for more than what the program says. One that does not verify is
/// passed over while another place may still hold a token, `auth` included; its refusal is told if none does. Where
/// `auth` comes before the cookie in `lookup`, a token in the CONNECT payload decides and the cookie only without one.
/// From a page of another origin (handshake::foreign) no cookie counts: 403, `foreign_origin`, for this request and all
/// later ones of a session that a cookie opened.
///
/// Takes the server's `allow_request` hook. Before `run`. Throws as the verifier does.
ENCKE_API void protect(server&, const options&);

/// Who the client is, for handlers of a protected server: the user id, "" if not known. Own worker only; what is given
/// lives until the socket has left.
[[nodiscard]] ENCKE_API std::string_view user_of(const socket&);
/// Null if not known. Before a middleware of `protect` has run, that of the cookie.
[[nodiscard]] ENCKE_API const identity* identity_of(const socket&);
[[nodiscard]] ENCKE_API const identity* identity_of(const handshake&);

// What `protect` is made of, for a program with a hook of its own.

/// The whole of what `protect` does about a request: nothing if it may open a session (then `identity` and
/// `own_pages_only` are set as the tokens say), or why not. What it leaves open is decided by `check_socket`.
[[nodiscard]] ENCKE_API std::optional<refusal> check_request(const verifier&, handshake&,
                                                             std::chrono::system_clock::time_point now);
/// The same for a socket in a middleware, on its own worker.
[[nodiscard]] ENCKE_API std::optional<refusal> check_socket(const verifier&, const socket&,
                                                            std::chrono::system_clock::time_point now);

/// The identity by the tokens in the HTTP part of a handshake alone; `missing` if there is none. A cookie that does not
/// verify decides only if no other token does.
[[nodiscard]] ENCKE_API result<identity, refusal> authenticate_request(const verifier&, const handshake&,
                                                                       std::chrono::system_clock::time_point now);
/// The identity by the first token in the CONNECT payload; `missing` if there is none. A token that is not a string is
/// malformed; null and "" count as absent.
[[nodiscard]] ENCKE_API result<identity, refusal> authenticate_payload(const verifier&, const handshake&,
                                                                       std::chrono::system_clock::time_point now);
/// What `handshake::identity` or `socket::set_identity` takes, for `identity_of` to find. Charged to the ledger.
[[nodiscard]] ENCKE_API std::any attachable(identity);
/// The answers of `protect`: for allow_request (401; 403 for `foreign_origin`), and for a middleware.
[[nodiscard]] ENCKE_API admission refuse_request(refusal);
[[nodiscard]] ENCKE_API admission refuse_socket(refusal);

}  // namespace encke::jwt
