// SPDX-License-Identifier: MIT
// The guard of a server: the door, put into the two hooks that the public API has for it.
// Runs on the worker that got the request or the CONNECT packet; checking a token takes microseconds and waits for
// nothing.
#include <encke/admission.hpp>
#include <encke/jwt.hpp>
#include <encke/server.hpp>

namespace encke::jwt {

using std::chrono::system_clock;

void protect(server& io, const options& o) {
  const verifier tokens{o};
  io.allow_request([tokens](handshake& h) {
    const auto why = check_request(tokens, h, system_clock::now());
    return why ? refuse_request(*why) : admit;
  });
  io.use([tokens](const socket& s) {
    const auto why = check_socket(tokens, s, system_clock::now());
    return why ? refuse_socket(*why) : admit;
  });
}

}  // namespace encke::jwt
