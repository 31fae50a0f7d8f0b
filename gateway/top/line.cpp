// SPDX-License-Identifier: MIT
#include "gateway/top/line.hpp"

#include <algorithm>
#include <cmath>

#include "gateway/top/text.hpp"

namespace encke::gateway {

namespace {

constexpr std::string_view gap = "  ";

std::string_view code_of(ink color) {
  switch (color) {
    case ink::plain: return "";
    case ink::strong: return "\x1b[1m";
    case ink::soft: return "\x1b[2m";
    case ink::heading: return "\x1b[7m";
    case ink::good: return "\x1b[32m";
    case ink::warn: return "\x1b[33m";
    case ink::bad: return "\x1b[1;31m";
    case ink::cyan: return "\x1b[36m";
    case ink::yellow: return "\x1b[33m";
    case ink::magenta: return "\x1b[35m";
    case ink::blue: return "\x1b[34m";
  }
  return "";
}

}  // namespace

top_line& top_line::add(std::string_view text, ink color) {
  const auto width = std::min(cells(text), left());
  if (width == 0) return *this;
  used_ += width;
  const auto code = view_.colors ? code_of(color) : "";
  text_.append(code).append(fit(text, width)).append(code.empty() ? "" : "\x1b[0m");
  return *this;
}

top_line& top_line::to(std::size_t column, ink color) {
  return column > used_ ? add(std::string(column - used_, ' '), color) : *this;
}

std::string titles(const std::vector<top_column>& columns, const top_view& view) {
  std::string text;
  for (const auto& column : columns)
    text.append(text.empty() ? "" : gap).append(fit(column.title, column.width, column.right));
  top_line line{view};
  line.add(text, ink::heading);
  if (view.colors) line.to(view.width, ink::heading);
  return std::move(line).take();
}

std::string row(const std::vector<top_column>& columns, const std::vector<top_cell>& cells_of, const top_view& view) {
  top_line line{view};
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i != 0) line.add(gap);
    line.add(fit(cells_of[i].text, columns[i].width, columns[i].right), cells_of[i].color);
  }
  return std::move(line).take();
}

std::string bar(double ratio, std::size_t width, bool unicode) {
  constexpr std::string_view eighths[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
  const auto full = std::clamp(ratio, 0.0, 1.0) * static_cast<double>(width);
  std::string out;
  for (std::size_t i = 0; i < width; ++i) {
    const auto here = std::clamp(full - static_cast<double>(i), 0.0, 1.0);
    if (unicode)
      out += eighths[static_cast<std::size_t>(std::lround(here * 8))];
    else
      out += here >= 0.5 ? '#' : ' ';
  }
  return out;
}

}  // namespace encke::gateway
