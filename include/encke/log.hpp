// SPDX-License-Identifier: MIT
// The library's log hook. Without one nothing is logged; the library never writes to a file or terminal by itself.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <utility>

namespace encke {

/// How much a record matters.
enum class log_level : std::uint8_t { trace, debug, info, warning, error };

/// One thing worth telling. Views are valid during the call only. No record carries a token.
struct log_record {
  log_level level;
  std::string_view message;  ///< constant text, e.g. "session closed"
  std::span<const std::pair<std::string_view, std::string_view>>
      fields;  ///< e.g. {"sid", "..."}, {"reason", "ping timeout"}
};

/// Called from any worker, at the same time from several.
using log_hook = std::function<void(const log_record&)>;

}  // namespace encke
