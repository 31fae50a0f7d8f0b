// SPDX-License-Identifier: MIT
#include "gateway/memory/history.hpp"

#include <algorithm>

namespace encke::gateway {

void memory_history::add(std::int64_t at, const memory_picture& picture) {
  sample one{.at = at, .resident = picture.resident};
  for (std::size_t i = 0; i < std::min(parts, picture.parts.size()); ++i) one.bytes[i] = picture.parts[i].bytes;
  if (ring_.size() == most) {
    ring_[first_] = one;
    first_ = (first_ + 1) % most;
    return;
  }
  // Room for some minutes at a time: few servers are asked about the whole hour.
  if (ring_.size() == ring_.capacity()) ring_.reserve(std::min(most, ring_.size() + 30));
  ring_.push_back(one);
}

}  // namespace encke::gateway
