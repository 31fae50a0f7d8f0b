// SPDX-License-Identifier: MIT
#include "gateway/app.hpp"
#include "gateway/cli/cli.hpp"
#include "gateway/process/standard_streams.hpp"

int main(int argc, char** argv) {
  encke::gateway::hold_standard_streams();
  return encke::gateway::run_cli(argc, argv, encke::gateway::serve);
}
