// SPDX-License-Identifier: MIT
// Slow: a broadcast of numbered events while a share of the readers has stopped reading. All others have to get each
// event once and in order. At the end those that stopped read on, and find out what the server made of them; every
// other one before, when SIGUSR1 comes.
#pragma once

#include "bench/load/broadcast.hpp"
#include "bench/load/sequence_check.hpp"

namespace encke::load {

class slow final : public broadcast {
 public:
  explicit slow(const share& mine);

  void go(clock::time_point now) override;
  void on_turn(clock::time_point now) override;
  [[nodiscard]] bool is_done() const override { return !has_more(); }
  void stop() override;
  [[nodiscard]] bool is_drained() const override;
  void leave() override;
  void on_packet(client& who, std::string_view packet) override;

 private:
  void on_left(client& who) override;
  void on_lost(client& who, std::string_view why) override;
  [[nodiscard]] client* speaker() override { return any_ready(stalled_); }
  [[nodiscard]] bool has_more() const override {
    return mine_.given.count == 0 || mine_.all.published < mine_.given.count;
  }
  [[nodiscard]] std::optional<std::uint32_t> take_sequence() override { return mine_.all.published++; }
  [[nodiscard]] bool can_say_goodbye(const client& who) const override;
  [[nodiscard]] std::size_t index_of(const client& who) const { return who.number() - mine_.first; }
  [[nodiscard]] bool has_stalled(const client& who) const { return went_ && index_of(who) < stalled_; }

  std::size_t stalled_;                 // the first that many members
  std::vector<sequence_check> checks_;  // of all members
  std::vector<bool> listens_;           // was in when it began
  bool went_ = false, some_read_ = false;
};

}  // namespace encke::load
