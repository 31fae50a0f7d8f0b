// SPDX-License-Identifier: MIT
// Echo: events whose acks carry the same argument back, `window` at a time on each connection or at a fixed rate over
// all. The scenario "polling" is the same over the other transport.
#pragma once

#include "bench/load/crowd.hpp"

namespace encke::load {

class echo final : public crowd {
 public:
  explicit echo(const share& mine);

  void go(clock::time_point now) override;
  void on_turn(clock::time_point now) override;
  [[nodiscard]] clock::time_point next_due() const override { return pace_.next(); }
  void stop() override;
  [[nodiscard]] bool is_drained() const override { return on_their_way_ == 0; }
  void leave() override;
  void on_packet(client& who, std::string_view packet) override;

 private:
  void on_left(client& who) override;
  void say_next(client& who, clock::time_point due);

  outgoing event_;
  pacer pace_;
  std::uint32_t ids_ = 0;
  std::size_t next_member_ = 0, on_their_way_ = 0;
  std::vector<std::uint32_t> waits_for_;  // acks, by index
};

}  // namespace encke::load
