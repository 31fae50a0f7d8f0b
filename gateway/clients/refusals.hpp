// SPDX-License-Identifier: MIT
// Who was turned away, and why: counted by code for the metrics, and summed up in the log once a minute, so that a
// night of expired tokens leaves a line at the usual level and not one for each. Codes are our own, so there are few.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string_view>
#include <vector>

namespace encke::gateway {

class logger;

class refusals {
 public:
  /// Who refuses: the door of the clients, or the HTTP API.
  enum class gate : std::uint8_t { clients, api };
  struct entry {
    gate at;
    std::string_view code;
    std::uint64_t count;
  };

  /// Knows the codes of the gateway, each with a count of 0.
  refusals();

  /// One more. `code`: one of ours; another one counts as "other". Any thread.
  void count(gate, std::string_view code) noexcept;
  /// Counts a call of the API, and logs it with where it came from, but not more than one in ten seconds. Any thread.
  void on_api_call(logger&, std::string_view code, std::string_view address, std::string_view path);
  /// Since the start. Any thread.
  [[nodiscard]] std::vector<entry> all() const;
  /// Logs what came since the last time; nothing if nobody was refused. Any thread.
  void sum_up(logger&);

 private:
  struct counter {
    counter(gate refuses, std::string_view with) : at{refuses}, code{with} {}

    const gate at;
    const std::string_view code;
    std::atomic<std::uint64_t> count{0};
    std::uint64_t told = 0;
  };

  std::deque<counter> counters_;               // "other" last of its gate
  std::mutex summing_;                         // guards `told`
  std::atomic<std::int64_t> silent_until_{0};  // milliseconds of the steady clock
};

/// "clients", "api".
[[nodiscard]] std::string_view to_string(refusals::gate) noexcept;

}  // namespace encke::gateway
