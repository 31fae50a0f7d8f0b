// SPDX-License-Identifier: MIT
// A hash for tables whose keys clients choose: names of rooms and users above all.
#pragma once

#include <cstddef>
#include <encke/export.hpp>
#include <string_view>

namespace encke {

/// Hash of a text under a secret that each process draws anew (SipHash-1-3): nobody outside can prepare keys that meet
/// in one place of a table and make it slow, as can be done for `std::hash`. Not the same from one run to the next: it
/// is for memory only. Any thread. Throws std::runtime_error at the first use if there are no random bytes.
///
///     std::unordered_map<std::string, int, encke::keyed_hash, std::equal_to<>> scores;
struct ENCKE_API keyed_hash {
  using is_transparent = void;
  using is_avalanching = void;  // Boost.Unordered mixes no more
  [[nodiscard]] std::size_t operator()(std::string_view) const;
};

}  // namespace encke
