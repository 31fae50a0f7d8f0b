// SPDX-License-Identifier: MIT
#include "gateway/app.hpp"
#include "gateway/cli.hpp"

int main(int argc, char** argv) {
  return encke::gateway::run_cli(argc, argv, encke::gateway::serve);
}
