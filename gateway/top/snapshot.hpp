// SPDX-License-Identifier: MIT
// What `encke top` knows at one moment: the answers of /debug/memory, /debug/stats and /debug/memory/top, and how fast
// things changed since the moment before. Plain values; `top` fetches, `render` shows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace encke::gateway {

struct top_part {
  std::string name, kind;
  std::int64_t bytes = 0;
  std::int64_t objects = 0;
  std::optional<std::int64_t> since_mark;
  std::optional<double> per_second;
};

/// A line of one of the tables of who holds most; what a table does not have is 0 or "".
struct top_holder {
  std::string name;  // a connection's id, a user, a room
  std::string user, address, transport, nsp;
  std::int64_t bytes = 0, queued_bytes = 0, queued_messages = 0, waiting_ms = 0;
  std::int64_t members = 0;  // of a room; a user's connections
};

struct top_traffic {
  double events_in = 0, events_out = 0, bytes_in = 0, bytes_out = 0, dropped = 0;
};

struct top_snapshot {
  double uptime = 0;  // seconds
  std::int64_t pid = 0;
  std::int64_t rss = 0, limit = 0, used = 0;
  double explained = 0;
  std::string shedding;
  std::int64_t connections = 0, sessions = 0, sockets = 0, users = 0;
  std::optional<std::int64_t> rss_since_mark;
  std::vector<top_part> parts;
  top_traffic counted;               // since the start
  std::optional<top_traffic> rates;  // per second
  std::vector<top_holder> by_connection, by_user, by_room;
};

/// Reads the three answers. Throws std::runtime_error if one of them is not JSON, or not what it should be.
[[nodiscard]] top_snapshot read_snapshot(std::string_view memory, std::string_view stats, std::string_view top);

/// Fills in what is per second, from an earlier snapshot of the same process. Of another process nothing is filled in.
void compare(top_snapshot& now, const top_snapshot& before);

}  // namespace encke::gateway
