// SPDX-License-Identifier: MIT
// What the soak's parent process tells its clients, and what they report: fixed structs over a socket pair.
#pragma once

#include <cstdint>

namespace encke::soak {

enum class work : std::uint8_t {
  refusals,  ///< handshakes that are refused
  cycles,    ///< connect, get one push, leave
  mixed,     ///< both, and everything hostile beside them
};

/// Where the clients go. Two servers, because only one that takes no token later refuses a request without a token.
struct places {
  std::uint16_t open = 0;    ///< takes a token in the CONNECT payload, too
  std::uint16_t strict = 0;  ///< wants it in the request
  bool secure = false;       ///< by TLS
};

struct order {
  work what = work::refusals;
  places to{};
  std::uint64_t first = 0;  ///< number of the first job; jobs are made from their numbers
  std::uint64_t count = 0;
  std::uint32_t seconds = 0;  ///< no job begins later; 0: whenever
  std::uint32_t rate = 0;     ///< jobs that begin in a second; 0: as soon as there is room
};

struct report {
  std::uint64_t done = 0;
  std::uint64_t failed = 0;  ///< of those: the server did not do what it should have
};

}  // namespace encke::soak
