// SPDX-License-Identifier: MIT
// CPU profiles: what the threads of this process run, looked at a hundred times per second of processor time, in the
// format that jeprof, pprof and gperftools read. The timer's signal interrupts the thread that is running; its handler
// notes the stack in memory set aside before, takes no lock and allocates nothing. One profile at a time.
// Used by debug/profiles, whose pages are under /debug/pprof/.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <encke/ledger.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace encke::gateway {

class cpu_profile {
 public:
  static constexpr std::chrono::microseconds period{10'000};  // of processor time

  /// Starts; nullptr if there is one already.
  [[nodiscard]] static std::unique_ptr<cpu_profile> start();
  /// Ends it.
  ~cpu_profile();
  cpu_profile(const cpu_profile&) = delete;
  cpu_profile& operator=(const cpu_profile&) = delete;

  /// Takes over what was noted since the last time. At least every second: what is noted has room for that long.
  void collect();
  /// The profile so far.
  [[nodiscard]] std::string text() const;

  [[nodiscard]] std::uint64_t samples() const { return samples_; }
  /// Looks that found no room.
  [[nodiscard]] std::uint64_t lost() const { return lost_; }

 private:
  using stack = ledger::vector<std::uintptr_t, ledger::purpose::history>;

  cpu_profile();

  std::map<stack, std::uint64_t, std::less<>,
           ledger::allocator<std::pair<const stack, std::uint64_t>, ledger::purpose::history>>
      counts_;
  std::uint64_t samples_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace encke::gateway
