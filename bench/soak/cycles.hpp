// SPDX-License-Identifier: MIT
// Whole visits: a client connects, gets one push, and leaves; every transport, both protocol revisions, every way out.
// A job is made from its number, and so is the name of its user.
#pragma once

#include "bench/soak/order.hpp"
#include "bench/soak/peer.hpp"
#include "bench/soak/requests.hpp"
#include "bench/soak/tokens.hpp"

namespace encke::soak {

class cycles {
 public:
  cycles(desk&, const mint&, places);
  task<void> run(std::uint64_t number);

 private:
  desk& desk_;
  const mint& mint_;
  places to_;
};

/// The event that asks the server for a push, and the one that it pushes.
inline constexpr std::string_view push_event = "push me";
inline constexpr std::string_view pushed_event = "news";
/// The event that has the server ask the client something, and a namespace beside "/".
inline constexpr std::string_view ask_event = "ask me";
inline constexpr std::string_view second_namespace = "/second";

}  // namespace encke::soak
