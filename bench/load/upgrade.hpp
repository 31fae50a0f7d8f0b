// SPDX-License-Identifier: MIT
// Upgrade: clients that come by polling, move to a WebSocket, and leave, each again and again, or as many a second in
// all as --rate says. One way from connecting to upgraded is one message; the part "echo" is a round trip that begins
// 10 ms after the client was let in, which for most is in the middle of the upgrade.
#pragma once

#include <deque>

#include "bench/load/crowd.hpp"

namespace encke::load {

class upgrade final : public crowd {
 public:
  explicit upgrade(const share& mine);

  void start() override {}
  [[nodiscard]] bool is_ready() const override { return true; }
  void go(clock::time_point now) override;
  void on_turn(clock::time_point now) override;
  [[nodiscard]] clock::time_point next_due() const override;
  void stop() override;
  [[nodiscard]] bool is_drained() const override { return idle_.size() == members_.size(); }
  void leave() override;
  [[nodiscard]] bool is_empty() const override { return is_drained(); }
  [[nodiscard]] std::size_t inside() const override { return members_.size() - idle_.size(); }
  [[nodiscard]] std::vector<part> parts() override;

  void on_ready(client& who) override;
  void on_upgraded(client& who) override;
  void on_packet(client& who, std::string_view packet) override;
  void on_gone(client& who, std::string_view why) override;

 private:
  struct visit {
    std::string token;
    clock::time_point due;
    unsigned number = 0;
    bool is_upgraded = false, has_echoed = false;
  };
  struct word {  // to be said
    unsigned index, visit;
    clock::time_point at;
  };

  [[nodiscard]] visit& of(const client& who) { return visits_[who.number() - mine_.first]; }
  void come(unsigned index, clock::time_point due);
  void say_what_is_due(clock::time_point now);
  void give_up_slow(clock::time_point now);
  void leave_if_done(client& who);

  outgoing event_;
  pacer pace_;
  stats echoed_;
  std::vector<visit> visits_;                     // by index
  std::vector<unsigned> idle_;                    // members that are outside
  std::deque<word> words_;                        // in the order in which they are due
  clock::time_point rest_until_{}, next_look_{};  // after a failure, so that a dead server is not asked without end
};

}  // namespace encke::load
