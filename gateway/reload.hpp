// SPDX-License-Identifier: MIT
// SIGHUP: the settings are read again, and what may change while clients are connected is swapped: tokens and their
// secrets, API keys, certificates, the log. All that can fail is made before the first of them is.
#pragma once

#include <string>
#include <vector>

#include "gateway/settings/config.hpp"

namespace encke {
class server;
}

namespace encke::gateway {

class door;
class key_ring;
class logger;

struct reload_target {
  const config& running;  ///< the settings of the start
  server& io;
  logger& log;
  door* guard;  ///< null without authentication
  key_ring& keys;
};

/// Does it, and tells in the log what changed and what did not: faults, settings that wait for a restart, and those of
/// the file that a variable or a flag outdoes.
void reload(const config_sources&, const reload_target&);

/// Names of the settings that differ and need a restart, in the order of the sample file.
[[nodiscard]] std::vector<std::string> changes_that_wait(const config& running, const config& fresh);

}  // namespace encke::gateway
