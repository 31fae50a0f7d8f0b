// SPDX-License-Identifier: MIT
// Clients that come to do harm: who do not read, do not finish, say garbage or too much, or ask for more than they
// take. A job is made from its number.
#pragma once

#include <memory>

#include "bench/soak/order.hpp"
#include "bench/soak/peer.hpp"
#include "bench/soak/requests.hpp"
#include "bench/soak/tokens.hpp"

namespace encke::soak {

class nuisances {
 public:
  nuisances(desk&, const mint&, places);
  task<void> run(std::uint64_t number);

 private:
  [[nodiscard]] wish request(std::uint64_t number, const std::string& token, bool websocket) const;
  task<void> join(peer&, std::uint64_t number);
  task<std::string> open_polling(peer&, std::uint64_t number);
  task<void> pause(std::chrono::milliseconds);

  task<void> take_a_burst(std::uint64_t number);
  task<void> read_nothing(std::uint64_t number);
  task<void> poll_nothing(std::uint64_t number);
  task<void> say_garbage(std::uint64_t number);
  task<void> say_garbage_joined(std::uint64_t number);
  task<void> send_large_head(std::uint64_t number);
  task<void> post_too_much(std::uint64_t number);
  task<void> send_large_message(std::uint64_t number);
  task<void> send_head_slowly(std::uint64_t number);
  task<void> post_slowly(std::uint64_t number);
  task<void> say_nothing(std::uint64_t number);
  task<void> join_nothing(std::uint64_t number);

  desk& desk_;
  const mint& mint_;
  places to_;
};

/// Events: the server sends `burst_size` messages, which fit into a queue, or at once more than any queue takes.
inline constexpr std::string_view burst_event = "burst me";
inline constexpr int burst_size = 100;
inline constexpr std::string_view flood_event = "flood me";

}  // namespace encke::soak
