// SPDX-License-Identifier: MIT
// History: the memory picture of the last hour, one sample every ten seconds. A ring: the oldest sample makes room.
// Charged to the ledger (purpose `history`). Kept by memory_monitor, which takes care of threads.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <encke/ledger.hpp>

#include "gateway/memory/picture.hpp"

namespace encke::gateway {

class memory_history {
 public:
  static constexpr std::size_t most = 360;
  static constexpr std::chrono::seconds step{10};
  static constexpr std::size_t parts = ledger::purposes + 12;

  struct sample {
    std::int64_t at = 0;  ///< seconds since 1970
    std::int64_t resident = 0;
    std::array<std::int64_t, parts> bytes{};  ///< as `memory_picture::parts`
  };

  void add(std::int64_t at, const memory_picture&);
  [[nodiscard]] std::size_t size() const { return ring_.size(); }
  /// 0 is the oldest.
  [[nodiscard]] const sample& operator[](std::size_t index) const { return ring_[(first_ + index) % ring_.size()]; }

 private:
  ledger::vector<sample, ledger::purpose::history> ring_;
  std::size_t first_ = 0;
};

}  // namespace encke::gateway
