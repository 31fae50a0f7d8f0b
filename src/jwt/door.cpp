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

namespace encke::jwt {
namespace {

using std::chrono::system_clock;

std::size_t heap_bytes(const std::string& text) {
  return text.capacity() > std::string{}.capacity() ? text.capacity() + 1 : 0;
}

// Shared because std::any wants to copy what it holds; never changed again.
struct held_identity {
  explicit held_identity(identity given)
      : who{std::move(given)}, text{ledger::purpose::identity, heap_bytes(who.user) + heap_bytes(who.claims)} {}

  identity who;
  ledger::charge text;
};
using held = std::shared_ptr<const held_identity>;

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

result<identity, refusal> authenticate_request(const verifier& tokens, const handshake& h,
                                               system_clock::time_point now) {
  const auto query = [&h](std::string_view name) -> std::optional<std::string> {
    const auto value = h.query_value(name);
    return value ? std::optional<std::string>{*value} : std::nullopt;
  };
  const auto found = find_in_request(tokens.lookup(), query, cookies_of(h), h.header("authorization"));
  if (!found) return refusal::missing;
  return tokens.verify(found->token, now);
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

std::any attachable(identity who) {
  return held{ledger::make_shared<held_identity, ledger::purpose::identity>(std::move(who))};
}

const identity* identity_of(const handshake& h) {
  const auto* found = std::any_cast<held>(&h.identity);
  return found == nullptr ? nullptr : &(*found)->who;
}

const identity* identity_of(const socket& s) {
  return identity_of(s.handshake());
}

std::string_view user_of(const socket& s) {
  const auto* who = identity_of(s);
  return who == nullptr ? std::string_view{} : std::string_view{who->user};
}

namespace {

constexpr auto refusals = static_cast<std::size_t>(refusal::invalid_user) + 1;
using each_refusal = std::array<admission, refusals>;

// What is answered again and again is made once.
each_refusal for_each_refusal(admission (*make)(refusal)) {
  each_refusal made;
  for (std::size_t i = 0; i < refusals; ++i) made[i] = make(static_cast<refusal>(i));
  return made;
}

admission make_request_refusal(refusal why) {
  std::string challenge = "Bearer realm=\"encke\"";
  // RFC 6750 3.1: a request without a token gets no error code.
  if (why != refusal::missing) {
    challenge += ", error=\"invalid_token\", error_description=\"";
    challenge += message_of(why);
    challenge += '"';
  }
  auto about = describe(why);
  auto body = boost::json::serialize(about);
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
