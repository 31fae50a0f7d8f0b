// SPDX-License-Identifier: MIT
// Receivers: a crowd that gets events with stamps, says to their sender when one is everywhere, and counts deliveries.
// Broadcast, rooms, slow and publish are such crowds that also send.
#pragma once

#include "bench/load/crowd.hpp"

namespace encke::load {

class receivers : public crowd {
 public:
  // Counts events whose packet begins with `prefix`; with the prefix "2" all but those other parts of a mix send.
  receivers(const share& mine, std::string_view prefix)
      : crowd{mine}, rounds_{mine.all.under_way, mine.first_round, mine.rounds_count}, prefix_{prefix} {}

  void on_packet(client& who, std::string_view packet) override;
  void on_turn(clock::time_point now) override;
  [[nodiscard]] bool is_drained() const override { return rounds_.on_their_way() == 0; }
  void leave() override;

 protected:
  // An event is everywhere, or was given up.
  virtual void on_done(std::uint16_t) {}
  // There are numbers for that many more events.
  [[nodiscard]] bool has_numbers(std::size_t more) const noexcept {
    return rounds_.on_their_way() + more <= mine_.rounds_count;
  }

  rounds rounds_;

 private:
  [[nodiscard]] bool is_counted(std::string_view packet) const noexcept;

  std::string_view prefix_;
};

}  // namespace encke::load
