// SPDX-License-Identifier: MIT
// Memory: a bound for the whole process, and what the server gives up, step by step, to stay below it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <encke/export.hpp>
#include <functional>
#include <string_view>

namespace encke {

/// What a server gives up when memory runs short. Each step comes with all before it.
enum class shedding : std::uint8_t {
  none,
  caches,      ///< free memory that is kept for its next use goes back to the system
  unjoined,    ///< whoever holds memory and has not joined a namespace goes, those first that hold the most
  handshakes,  ///< new sessions are refused with 503 and Retry-After
  lossy,       ///< messages that may be lost are left out
  slowest,     ///< clients that do not read, and those that hold half messages, are disconnected, those first that hold
               ///< the most for the longest
};
inline constexpr std::size_t shedding_steps = static_cast<std::size_t>(shedding::slowest) + 1;

/// E.g. "handshakes".
ENCKE_API std::string_view to_string(shedding) noexcept;

struct memory_options {
  std::size_t limit = 0;  ///< bytes that the process may use; 0: no limit
  /// What it uses now, called every `interval` by the first worker. None: its resident set.
  std::function<std::size_t()> used{};
  /// Gives free memory back to the system; called on every worker. None: malloc_trim.
  std::function<void()> purge{};
  std::chrono::milliseconds interval{100};  ///< between two looks
  /// When a crowd has left, the memory that it took goes back to the system, by `purge`, with a limit or without one.
  bool give_back = true;
};

/// How things stand.
struct memory_state {
  std::size_t limit = 0;
  std::size_t used = 0;  ///< at the last look; 0 without a limit
  shedding step = shedding::none;
};

/// Bytes of this process that are in memory now; 0 if that cannot be told. Costs two microseconds or so.
[[nodiscard]] ENCKE_API std::size_t resident_bytes() noexcept;

/// What one client costs at this moment.
struct weight {
  std::size_t bytes = 0;         ///< held for its connection and all its sockets; its share of what others wait for
  std::size_t queued_bytes = 0;  ///< waiting to be sent to it, whoever else gets it
  std::size_t queued_messages = 0;
  std::chrono::milliseconds waiting{};  ///< how long the first of them has waited
};
enum class heaviest_by : std::uint8_t { bytes, queued, waiting };

}  // namespace encke
