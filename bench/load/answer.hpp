// SPDX-License-Identifier: MIT
// Answer: one HTTP/1.1 response out of bytes, with a length or in chunks (RFC 9112 6 and 7).
// Lines of HTTP feed it; polling, refused handshakes and publishing come back through it.
#pragma once

#include <string>
#include <string_view>

#include "bench/load/frame.hpp"

namespace encke::load {

struct answer {
  reading state = reading::incomplete;
  unsigned status = 0;
  std::string_view body;  // into the bytes, or into the scratch that was given
  std::size_t size = 0;   // on the wire
  bool closes = false;    // the server ends the connection after it
};

// The response at the start of `bytes`. A body in chunks is put together in `scratch`. Wrong: no response, or one whose
// end only the end of the connection would tell.
[[nodiscard]] answer read_answer(std::string_view bytes, std::string& scratch);

}  // namespace encke::load
