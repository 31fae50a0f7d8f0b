// SPDX-License-Identifier: MIT
// Rooms: clients share users, and thereby rooms, Zipf-wise; events go from any client to any room.
// How large each room is the run decides, for all threads; `window` events are on their way in each.
#pragma once

#include <random>

#include "bench/load/receivers.hpp"

namespace encke::load {

class rooms final : public receivers {
 public:
  explicit rooms(const share& mine);

  void go(clock::time_point now) override;
  void on_turn(clock::time_point now) override;
  [[nodiscard]] clock::time_point next_due() const override { return pace_.next(); }
  void stop() override;

 private:
  [[nodiscard]] std::string user_of(unsigned number) const override;
  void on_joined(client& who) override { ++members_of(who); }
  void on_left(client& who) override { --members_of(who); }
  [[nodiscard]] std::atomic<std::int64_t>& members_of(const client& who) const;
  [[nodiscard]] bool tell(clock::time_point due);

  outgoing event_;
  pacer pace_;
  std::minstd_rand random_;
};

}  // namespace encke::load
