// SPDX-License-Identifier: MIT
// The door: a handshake looked through for a token, the identity it carries from then on, and the answers to those who
// stay outside. Used by `protect` and by programs with hooks of their own. Pure: no server, no clock.
#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <utility>

#include <encke/admission.hpp>
#include <encke/handshake.hpp>
#include <encke/jwt.hpp>
#include <encke/ledger.hpp>
#include <encke/socket.hpp>

#include "jwt/token_source.hpp"

namespace encke::jwt {
namespace {

using std::chrono::system_clock;

std::size_t heap_bytes(const std::string& text) {
  return text.capacity() > std::string{}.capacity() ? text.capacity() + 1 : 0;
}

// What a handshake carries. Shared because std::any wants to copy what it holds; never changed again.
struct held_identity {
  held_identity(result<identity, refusal> found, bool final)
      : who{std::move(found)},
        is_final{final},
        text{ledger::purpose::identity, who ? heap_bytes(who->user) + heap_bytes(who->claims) : 0} {}

  result<identity, refusal> who;
  bool is_final;  // false: a token in the CONNECT payload comes first
  ledger::charge text;
};
using held = std::shared_ptr<const held_identity>;

std::any hold(result<identity, refusal> who, bool is_final) {
  return held{ledger::make_shared<held_identity, ledger::purpose::identity>(std::move(who), is_final)};
}

const held_identity* held_by(const handshake& h) {
  const auto* found = std::any_cast<held>(&h.identity);
  return found == nullptr ? nullptr : found->get();
}

// Several Cookie headers mean one list (RFC 9113 8.2.3); usually there is one.
std::string cookies_of(const handshake& h) {
  constexpr std::string_view name = "cookie";
  std::string cookies;
  for (const auto& [field, value] : h.headers) {
    const auto is_same = [](char a, char b) { return (a | 0x20) == b; };
    if (!std::equal(field.begin(), field.end(), name.begin(), name.end(), is_same)) continue;
    if (!cookies.empty()) cookies += "; ";
    cookies += value;
  }
  return cookies;
}

boost::json::object describe(refusal why) {
  const auto code = code_of(why);
  const auto message = message_of(why);
  return {{"code", boost::json::string_view{code.data(), code.size()}},
          {"message", boost::json::string_view{message.data(), message.size()}}};
}

}  // namespace

namespace {

struct finding {
  result<identity, refusal> who = refusal::missing;
  const token_source* from = nullptr;  // what decided
};

// An explicit token ends the search, whatever it is worth; a cookie only if it counts.
finding search(const verifier& tokens, const handshake& h, system_clock::time_point now) {
  const auto query = [&h](std::string_view name) -> std::optional<std::string> {
    const auto value = h.query_value(name);
    return value ? std::optional<std::string>{*value} : std::nullopt;
  };
  finding found;
  const auto look = [&](const token_source& source, std::string_view token) {
    auto who = tokens.verify(token, now);
    if (source.where != token_source::kind::cookie) {
      found = {std::move(who), &source};
      return false;
    }
    if (who && h.foreign) who = refusal::foreign_origin;
    const bool counts = who.has_value();
    // Of those that do not count the first one's reason stays, but a foreign page outranks them.
    if (counts || found.from == nullptr || who.error() == refusal::foreign_origin) found = {std::move(who), &source};
    return !counts;
  };
  each_token(tokens.lookup(), query, cookies_of(h), h.header("authorization"), look);
  return found;
}

bool is_auth(const token_source& source) {
  return source.where == token_source::kind::auth;
}

}  // namespace

result<identity, refusal> authenticate_request(const verifier& tokens, const handshake& h,
                                               system_clock::time_point now) {
  return search(tokens, h, now).who;
}

result<identity, refusal> authenticate_payload(const verifier& tokens, const handshake& h,
                                               system_clock::time_point now) {
  for (const auto& source : tokens.lookup()) {
    if (source.where != token_source::kind::auth) continue;
    const auto* value = h.auth.if_contains(source.name);
    if (value == nullptr || value->is_null()) continue;
    const auto* token = value->if_string();
    if (token == nullptr) return refusal::malformed;
    if (!token->empty()) return tokens.verify({token->data(), token->size()}, now);
  }
  return refusal::missing;
}

std::optional<refusal> check_request(const verifier& tokens, handshake& h, system_clock::time_point now) {
  const auto& lookup = tokens.lookup();
  const auto auth = std::ranges::find_if(lookup, is_auth);
  auto [who, from] = search(tokens, h, now);
  const bool is_cookie = from != nullptr && from->where == token_source::kind::cookie;
  if (who) {
    h.own_pages_only = h.own_pages_only || is_cookie;
    const bool is_first = auth == lookup.end() || from < &*auth;
    h.identity = hold(std::move(who), !is_cookie || is_first);
    return std::nullopt;
  }
  const auto why = who.error();
  // Clients of Engine.IO 3 are in "/" before they could send anything.
  const bool may_come_later = auth != lookup.end() && h.protocol != 3;
  if ((from != nullptr && !is_cookie) || why == refusal::foreign_origin || !may_come_later) return why;
  if (is_cookie) h.identity = hold(why, false);
  return std::nullopt;
}

std::optional<refusal> check_socket(const verifier& tokens, const socket& s, system_clock::time_point now) {
  const auto* known = held_by(s.handshake());
  if (known != nullptr && known->is_final) return std::nullopt;
  auto who = authenticate_payload(tokens, s.handshake(), now);
  if (who) {
    s.set_identity(attachable(std::move(*who)));
    return std::nullopt;
  }
  if (who.error() != refusal::missing || known == nullptr) return who.error();
  return known->who ? std::nullopt : std::optional{known->who.error()};
}

std::any attachable(identity who) {
  return hold(std::move(who), true);
}

const identity* identity_of(const handshake& h) {
  const auto* found = held_by(h);
  return found != nullptr && found->who ? &*found->who : nullptr;
}

const identity* identity_of(const socket& s) {
  return identity_of(s.handshake());
}

std::string_view user_of(const socket& s) {
  const auto* who = identity_of(s);
  return who == nullptr ? std::string_view{} : std::string_view{who->user};
}

namespace {

using each_refusal = std::array<admission, refusal_count>;

// What is answered again and again is made once.
each_refusal for_each_refusal(admission (*make)(refusal)) {
  each_refusal made;
  for (std::size_t i = 0; i < refusal_count; ++i) made[i] = make(static_cast<refusal>(i));
  return made;
}

admission make_request_refusal(refusal why) {
  auto about = describe(why);
  auto body = boost::json::serialize(about);
  // A better token would not help.
  if (why == refusal::foreign_origin)
    return admission::refusal{
        .message = std::string{message_of(why)}, .data = std::move(about), .status = 403, .body = std::move(body)};
  std::string challenge = "Bearer realm=\"encke\"";
  // RFC 6750 3.1: a request without a token gets no error code.
  if (why != refusal::missing) {
    challenge += ", error=\"invalid_token\", error_description=\"";
    challenge += message_of(why);
    challenge += '"';
  }
  return admission::refusal{.message = std::string{message_of(why)},
                            .data = std::move(about),
                            .status = 401,
                            .headers = {{"WWW-Authenticate", std::move(challenge)}},
                            .body = std::move(body)};
}

admission make_socket_refusal(refusal why) {
  return refuse(std::string{message_of(why)}, describe(why));
}

}  // namespace

admission refuse_request(refusal why) {
  static const auto answers = for_each_refusal(make_request_refusal);
  return answers[static_cast<std::size_t>(why)];
}

admission refuse_socket(refusal why) {
  static const auto answers = for_each_refusal(make_socket_refusal);
  return answers[static_cast<std::size_t>(why)];
}

}  // namespace encke::jwt
