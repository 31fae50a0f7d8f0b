// SPDX-License-Identifier: MIT
// Prepared names: texts that meet in one place of a table, made for `std::hash` as libstdc++ has it: MurmurHash64A
// (Appleby) under a key that everybody knows. Each of its steps can be undone, so the last eight bytes follow from
// those before.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace encke::test {

/// So many different names of 24 bytes with the same `std::hash<std::string_view>`.
inline std::vector<std::string> prepared_names(std::size_t count) {
  constexpr std::uint64_t factor = 0xc6a4a7935bd1e995, seed = 0xc70f6907, size = 24;
  constexpr auto undo_factor = [] {
    std::uint64_t inverse = factor;  // Newton: each round doubles the bits that are right
    for (int i = 0; i < 6; ++i) inverse *= 2 - factor * inverse;
    return inverse;
  }();
  const auto shifted = [](std::uint64_t v) { return v ^ v >> 47; };  // twice: as it was
  const auto step = [&](std::uint64_t before, std::uint64_t word) {
    return (before ^ shifted(word * factor) * factor) * factor;
  };
  const std::uint64_t wanted = 42;
  std::vector<std::string> names;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::uint64_t words[3];
    std::memcpy(words, "room-00", 8);
    words[1] = i;
    const auto before = step(step(seed ^ size * factor, words[0]), words[1]);
    words[2] = shifted((before ^ wanted * undo_factor) * undo_factor) * undo_factor;
    names.emplace_back(reinterpret_cast<const char*>(words), sizeof words);
  }
  return names;
}

}  // namespace encke::test
