// SPDX-License-Identifier: MIT
#include "random.hpp"

#include <sys/random.h>

#include <stdexcept>

namespace limit {

random_id id_source::next() {
  static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  random_id made{};
  if (used_ + made.size() > bytes_.size()) {
    // As few bytes as getrandom never gives in part.
    for (std::size_t at = 0; at < bytes_.size(); at += 256)
      if (getrandom(bytes_.data() + at, 256, 0) != 256) throw std::runtime_error{"no random bytes"};
    used_ = 0;
  }
  for (auto& digit : made) digit = digits[bytes_[used_++] & 63];
  return made;
}

}  // namespace limit
