// SPDX-License-Identifier: MIT
// The command line: `encke serve | check-config | default-config | token | check-token | hash-key | top | version`, and
// `encke help`.
// Called by main with `serve` of app.hpp; tests call it with streams and an environment of their own.
// Exit codes: 0 done, 1 it did not work (a refused token, a server that failed), 2 wrong settings or arguments.
#pragma once

#include <chrono>
#include <functional>
#include <iosfwd>

#include "gateway/settings/config.hpp"
#include "gateway/top/top.hpp"

namespace encke::gateway {

using serve_function = std::function<int(const config&, const config_sources&)>;
using top_function = std::function<int(const top_options&, std::ostream& out, std::ostream& err)>;

/// What a command may touch.
struct cli_world {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  gateway::environment environment;
  std::function<std::chrono::system_clock::time_point()> now;
  serve_function serve;
  top_function top = run_top;
};

/// With the streams, the environment and the clock of the process.
int run_cli(int argc, const char* const* argv, serve_function);
int run_cli(int argc, const char* const* argv, const cli_world&);

}  // namespace encke::gateway
