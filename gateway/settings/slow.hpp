// SPDX-License-Identifier: MIT
// Settings with a form of their own: how slow clients are treated, event by event, and the limit for memory.
// Parsed and shown by rows, used by app.
#pragma once

#include <array>
#include <cstddef>
#include <encke/slow.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/settings/rows.hpp"

namespace encke::gateway {

using named_overflow = std::pair<std::string_view, overflow>;

constexpr named_overflow with_name(overflow policy) {
  switch (policy) {
    case overflow::close: return {"close", policy};
    case overflow::drop_newest: return {"drop_newest", policy};
    case overflow::drop_oldest: return {"drop_oldest", policy};
    case overflow::latest: return {"latest", policy};
  }
  return {};
}

inline constexpr std::array all_overflows{with_name(overflow::close), with_name(overflow::drop_newest),
                                          with_name(overflow::drop_oldest), with_name(overflow::latest)};

namespace codec {

/// A list of tables: {event = "price", room = "ticker:*", policy = "latest", key = "symbol", age = "5s"}.
struct slow_rules {
  static constexpr auto type = value_type::rules;

  std::string parse(const raw_value&, std::vector<slow_rule>&) const;
  std::string show(const std::vector<slow_rule>&) const;
};

/// A size, or "80%".
struct share_or_size {
  static constexpr auto type = value_type::size;
  std::size_t least, most;

  std::string parse(const raw_value&, memory_bound&) const;
  std::string show(const memory_bound&) const;
};

}  // namespace codec
}  // namespace encke::gateway
