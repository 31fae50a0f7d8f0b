// SPDX-License-Identifier: MIT
// A line of a frame that never gets wider than the terminal, and tables made of such lines. Only `render` uses it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/top/render.hpp"

namespace encke::gateway {

enum class ink { plain, strong, soft, heading, good, warn, bad, cyan, yellow, magenta, blue };

class top_line {
 public:
  explicit top_line(const top_view& view) : view_{view} {}

  /// Adds what still fits.
  top_line& add(std::string_view text, ink = ink::plain);
  /// Spaces up to this column.
  top_line& to(std::size_t column, ink = ink::plain);
  [[nodiscard]] std::size_t left() const { return view_.width - used_; }
  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  const top_view& view_;
  std::string text_;
  std::size_t used_ = 0;
};

struct top_cell {
  std::string text;
  ink color = ink::plain;
};

struct top_column {
  std::string title;
  std::size_t width = 0;
  bool right = false;
};

/// A line of titles over the whole width, then a line per row. Two spaces between columns.
[[nodiscard]] std::string titles(const std::vector<top_column>&, const top_view&);
[[nodiscard]] std::string row(const std::vector<top_column>&, const std::vector<top_cell>&, const top_view&);

/// A bar of this many cells, filled up to the ratio; the rest is spaces.
[[nodiscard]] std::string bar(double ratio, std::size_t width, bool unicode);

}  // namespace encke::gateway
