// SPDX-License-Identifier: MIT
// Burdens: what a worker holds for clients that could go if memory is short: those who do not read, those whose
// messages are not whole, questions whose answers pile up, and whoever has not joined. The memory guard decides how
// many go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <hub/acks.hpp>
#include <net/slow_rules.hpp>
#include <optional>
#include <string>
#include <vector>

namespace encke::net {

class worker;

/// A client or a question, and what is won if it ends.
struct burden {
  double score;       // bytes that wait, times how long
  std::size_t frees;  // bytes, by estimate
  std::uint8_t at;    // its worker
  too_much why = too_much::nothing;
  std::string sid{};                            // of the client
  std::optional<hub::acks::key> question = {};  // none: it is a client
};

/// The heaviest of those who have joined, in any order. On the worker.
[[nodiscard]] std::vector<burden> burdens_of(worker&);
/// Ends a client or a question, if it is still there. On its worker.
void relieve(worker&, const burden&);

/// Ends connections and sessions that have joined nothing, those first that hold the most, until `wanted` bytes are
/// won; none if all of them hold less than `least` together. Returns how many went. On the worker.
std::size_t end_unjoined(worker&, std::size_t wanted, std::size_t least);

}  // namespace encke::net
