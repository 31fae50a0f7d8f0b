// SPDX-License-Identifier: MIT
// Options: what the command line asks for, and what is wrong with it.
// main reads them once; everything else gets them by const reference.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/load/token.hpp"

namespace encke::load {

enum class kind : std::uint8_t {
  idle,
  echo,
  broadcast,
  rooms,
  churn,
  refuse,
  slow,
  mixed,
  polling,
  publish,
  upgrade,
  fair,
  fill
};
enum class way : std::uint8_t { websocket, polling };
enum class sender : std::uint8_t { socket, http };
enum class goodbye : std::uint8_t { frame, drop };
enum class afterwards : std::uint8_t { read, leave };

[[nodiscard]] std::string_view name_of(kind k) noexcept;

struct options {
  kind scenario = kind::echo;
  std::string url;
  std::vector<pid_t> pids;
  std::string secret, token, param = "token", claim = "uid";
  unsigned connections = 100, threads = 1, eio = 4, connecting = 64;
  std::optional<way> transport;
  double seconds = 5, warmup = 1, rate = 0, leaving = 60, stalled = 0.1, zipf = 1;
  double byte_rate = 0;  // becomes `rate`
  double hold = 1;       // fill: seconds
  unsigned window = 1, burst = 1, batch = 1, rooms = 0;
  std::uint64_t count = 0;  // refuse, slow: how many in all; 0 when only time ends it. fill: for each client
  std::size_t size = 64;
  sender by = sender::socket;
  goodbye leave = goodbye::frame;
  afterwards then = afterwards::read;
  flaw bad = flaw::signature;
  std::optional<bool> keep_alive;
  std::string publish_url, publish_body = R"({"room":"{user}","event":"push","data":{data}})";
  std::vector<std::string> publish_headers;
  std::string json;  // a file, - for standard output, or empty
  bool quiet = false;

  [[nodiscard]] bool is_polling() const noexcept { return transport == way::polling; }
};

// Fills in what depends on the scenario, and gives all faults in words; none when it can run.
[[nodiscard]] std::vector<std::string> settle(options& given);

// Exits with 0 after --help, with 2 when the command line is not one.
[[nodiscard]] options read_options(int argc, char** argv);

}  // namespace encke::load
