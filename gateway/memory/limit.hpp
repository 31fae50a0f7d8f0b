// SPDX-License-Identifier: MIT
// The limit for memory in bytes, and what counts against it: the resident set, or, where the limit is a share of what a
// control group allows, what the group uses, because that is what the kernel ends processes for. Used by app.
#pragma once

#include <cstddef>
#include <filesystem>

#include "gateway/settings/config.hpp"

namespace encke::gateway {

class memory_limit {
 public:
  /// Looks where the group of this process is: in the files under `root`, "/" but for tests. Without a group that has a
  /// limit, a share is one of the machine's memory.
  explicit memory_limit(const memory_bound&, const std::filesystem::path& root = "/");

  /// 0: none.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  /// Now. Any thread.
  [[nodiscard]] std::size_t used() const;

 private:
  std::size_t bytes_ = 0;
  unsigned version_ = 0;         // of control groups
  std::filesystem::path group_;  // the folder of the group whose use counts; none: the resident set counts
};

}  // namespace encke::gateway
