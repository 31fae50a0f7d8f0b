// SPDX-License-Identifier: MIT
// encke-bench: load for any Socket.IO server. Reads the command line, runs one scenario, prints what it cost.
// SIGUSR1 lets some stalled readers read on, see slow.hpp. Ctrl-C ends the run with what was measured until then; a
// second one ends the program.
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <fstream>

#include "bench/load/report.hpp"
#include "bench/load/scenario.hpp"

namespace {

using namespace encke::load;

extern "C" void on_signal(int number) {
  stop_early = true;
  std::signal(number, SIG_DFL);
}

extern "C" void on_read_on(int) {
  some_read_on = true;
}

bool write_json(const std::string& to, const std::string& text) {
  if (to == "-") {
    fmt::print("{}\n", text);
    return std::fflush(stdout) == 0;
  }
  std::ofstream file{to};
  file << text << '\n';
  return file.good();
}

// Some clients come and go before memory is looked at, so that what a server needs once is not counted for the idle
// ones.
void send_scouts(const options& given) {
  auto scouts = given;
  std::string trouble;
  scouts.scenario = kind::churn;
  scouts.connections = 8;
  scouts.threads = 1;
  scouts.warmup = 0;
  scouts.seconds = 0.3;
  [[maybe_unused]] const auto nothing = run(scouts, trouble);
}

int measure(int argc, char** argv) {
  const auto given = read_options(argc, argv);
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  std::signal(SIGUSR1, on_read_on);
  std::signal(SIGPIPE, SIG_IGN);
  if (given.scenario == kind::idle) send_scouts(given);
  std::string trouble;
  const auto r = run(given, trouble);
  if (!trouble.empty()) {
    fmt::print(stderr, "encke-bench: {}\n", trouble);
    return 2;
  }
  if (given.json != "-") fmt::print("{}", table_of(given, r));
  if (!given.json.empty() && !write_json(given.json, json_of(given, r))) {
    fmt::print(stderr, "encke-bench: cannot write {}\n", given.json);
    return 2;
  }
  if (r.was_stopped) return 130;
  const bool did_something = r.all.messages > 0 || (given.scenario == kind::idle && r.connections > 0);
  return did_something ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) try { return measure(argc, argv); } catch (const std::exception& e) {
  fmt::print(stderr, "encke-bench: {}\n", e.what());
  return 2;
}
