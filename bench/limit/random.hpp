// SPDX-License-Identifier: MIT
// Random: ids that nobody guesses, from the kernel's generator, a page at a time.
#pragma once

#include <array>
#include <cstddef>

namespace limit {

using random_id = std::array<char, 20>;

class id_source {
 public:
  /// 120 random bits in base64url.
  [[nodiscard]] random_id next();

 private:
  std::array<unsigned char, 4096> bytes_{};
  std::size_t used_ = 4096;
};

}  // namespace limit
