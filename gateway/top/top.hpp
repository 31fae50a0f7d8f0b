// SPDX-License-Identifier: MIT
// `encke top`: what a running gateway holds and who holds most, live in a terminal or once as plain text. Called by the
// command line; asks the gateway's API and nothing else.
#pragma once

#include <chrono>
#include <iosfwd>
#include <string>

#include "gateway/top/render.hpp"
#include "gateway/top/url.hpp"

namespace encke::gateway {

inline constexpr std::chrono::milliseconds shortest_interval{200}, longest_interval{60'000};

struct top_options {
  api_url api{.host = "127.0.0.1", .port = "9090", .prefix = {}};
  std::string key;
  std::chrono::milliseconds interval{1000};
  top_sort sort = top_sort::bytes;
  bool once = false;
  bool unicode = false;  // the terminal shows more than ASCII
  bool colors = true;
};

/// Runs until the user leaves, or with `once`, or if standard output is no terminal, prints one frame. 0 when done, 1
/// if the API was not reached at the start, which `err` then says.
int run_top(const top_options&, std::ostream& out, std::ostream& err);

}  // namespace encke::gateway
