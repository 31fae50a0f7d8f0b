// SPDX-License-Identifier: MIT
// Idle: clients that are there and do nothing but answer heartbeats. What they cost the server is read by the run.
#pragma once

#include "bench/load/crowd.hpp"

namespace encke::load {

class idle final : public crowd {
 public:
  using crowd::crowd;
  void on_packet(client&, std::string_view) override {}
};

}  // namespace encke::load
