// SPDX-License-Identifier: MIT
// The memory picture: all of the resident set of this process, by what it is held for. Puts three views together: what
// the ledger charged, what the allocator set aside, and what the system mapped. The parts add up to the resident set;
// what none of the views accounts for is a part of its own, and says how far the others can be believed.
// A pure function on figures; memory_monitor takes them.
#pragma once

#include <cstdint>
#include <encke/ledger.hpp>
#include <string_view>
#include <vector>

#include "gateway/process/allocator.hpp"
#include "gateway/process/smaps.hpp"

namespace encke::gateway {

/// In the order of the parts.
enum class memory_kind : std::uint8_t {
  clients,      ///< purposes of the ledger that clients cause
  server,       ///< what is allocated for the server itself, and what is allocated for no known purpose
  allocator,    ///< what the allocator has and the program does not hold
  process,      ///< what is not the allocator's
  unexplained,  ///< the rest
};
[[nodiscard]] std::string_view to_string(memory_kind);

struct memory_part {
  std::string_view name;  ///< constant text
  memory_kind kind;
  std::int64_t bytes = 0;
  std::int64_t objects = 0;  ///< for purposes of the ledger
};

/// What is known at one moment.
struct memory_figures {
  ledger::totals held{};
  allocator::figures heap{};
  process_memory process{};
  std::int64_t startup = 0;  ///< what the program held outside of the ledger when serving began
};

struct memory_picture {
  std::int64_t resident = 0;
  /// Always the same ones in the same order; their bytes add up to `resident`. "uncharged" and "unexplained" may be
  /// negative: then the other views claim more than there is.
  std::vector<memory_part> parts;
  /// 1 - (|uncharged| + |unexplained|) / resident.
  double explained = 0;
};

[[nodiscard]] memory_picture picture_of(const memory_figures&);

/// What the program holds outside of the ledger: taken when serving begins, it is `startup` from then on.
[[nodiscard]] std::int64_t outside_of_ledger(const memory_figures&);

}  // namespace encke::gateway
