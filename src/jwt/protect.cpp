// SPDX-License-Identifier: MIT
// The guard of a server: the door, put into the two hooks that the public API has for it.
// Runs on the worker that got the request or the CONNECT packet; checking a token takes microseconds and waits for
// nothing.
#include <algorithm>
#include <utility>

#include <encke/jwt.hpp>
#include <encke/server.hpp>

namespace encke::jwt {
namespace {

using std::chrono::system_clock;

bool has_auth_source(const verifier& tokens) {
  return std::ranges::any_of(tokens.lookup(),
                             [](const token_source& s) { return s.where == token_source::kind::auth; });
}

admission check_request(const verifier& tokens, bool may_come_later, handshake& h) {
  auto found = authenticate_request(tokens, h, system_clock::now());
  if (!found) return found.error() == refusal::missing && may_come_later ? admit : refuse_request(found.error());
  h.identity = attachable(std::move(*found));
  return admit;
}

admission check_socket(const verifier& tokens, const socket& s) {
  if (identity_of(s) != nullptr) return admit;
  auto found = authenticate_payload(tokens, s.handshake(), system_clock::now());
  if (!found) return refuse_socket(found.error());
  s.set_identity(attachable(std::move(*found)));
  return admit;
}

}  // namespace

void protect(server& io, const options& o) {
  const verifier tokens{o};
  io.allow_request([tokens, may_come_later = has_auth_source(tokens)](handshake& h) {
    return check_request(tokens, may_come_later, h);
  });
  io.use([tokens](const socket& s) { return check_socket(tokens, s); });
}

}  // namespace encke::jwt
