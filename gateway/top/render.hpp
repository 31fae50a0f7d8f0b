// SPDX-License-Identifier: MIT
// One frame of `encke top` as text: a pure function of what is known and how it is looked at. The terminal puts it on
// the screen; --once prints it.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "gateway/top/snapshot.hpp"

namespace encke::gateway {

enum class top_sort { bytes, queued, waiting };
enum class top_table { connections, users, rooms };

/// "bytes", "queued", "waiting": also what the gateway calls them.
[[nodiscard]] std::string_view to_string(top_sort) noexcept;
[[nodiscard]] std::string_view to_string(top_table) noexcept;

struct top_view {
  std::size_t width = 80;
  std::size_t height = 0;  // lines; 0: as many as it takes, and no line of keys
  bool colors = false;     // escape sequences for colours, and only with them
  bool unicode = false;
  top_sort sort = top_sort::bytes;
  top_table table = top_table::connections;
  bool paused = false;
  bool help = false;
  std::string api{};  // where the figures come from
  std::chrono::milliseconds interval{1000};
  std::string note{};  // instead of the line of keys
  bool is_trouble = false;
};

/// Lines with '\n' between and behind them, none wider than the view; `height` of them unless that is 0.
[[nodiscard]] std::string render(const top_snapshot&, const top_view&);

}  // namespace encke::gateway
