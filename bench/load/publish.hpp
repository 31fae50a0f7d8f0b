// SPDX-License-Identifier: MIT
// Publish: POSTs to a push API, each line of a body for one user, user after user; the next body follows when the API
// has answered and all of it has arrived. `window` connections to the API in each thread.
#pragma once

#include "bench/load/publisher.hpp"
#include "bench/load/receivers.hpp"

namespace encke::load {

class publish final : public receivers {
 public:
  explicit publish(const share& mine);

  void go(clock::time_point now) override;
  void on_turn(clock::time_point now) override;
  [[nodiscard]] clock::time_point next_due() const override { return pace_.next(); }
  void stop() override;

 private:
  void post(publisher& with, clock::time_point due);

  std::vector<std::unique_ptr<publisher>> lines_;
  pacer pace_;
  std::size_t next_user_ = 0;
  std::vector<client*> receivers_;  // of the next body
};

}  // namespace encke::load
