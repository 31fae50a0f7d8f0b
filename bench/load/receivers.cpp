// SPDX-License-Identifier: MIT
#include "bench/load/receivers.hpp"

namespace encke::load {

bool receivers::is_counted(std::string_view packet) const noexcept {
  if (!packet.starts_with(prefix_)) return false;
  return prefix_.size() > 1 || !(packet.starts_with("2[\"shout\"") || packet.starts_with("2[\"tell\""));
}

void receivers::on_packet(client&, std::string_view packet) {
  if (!is_counted(packet)) return;
  const auto sent = find_stamp(packet.substr(0, 256));
  if (!sent || packet.size() < mine_.given.size) return counted_.fail("an event that nobody sent");
  ++counted_.messages;
  counted_.latency.add(received_at() - sent->due);
  if (!mine_.all.under_way.arrived(sent->number, received_at())) return;
  const auto owner = sent->number / mine_.all.rounds_per_thread;
  if (owner != mine_.thread && owner < mine_.all.loops.size()) mine_.all.loops[owner]->wake();
}

void receivers::on_turn(clock::time_point now) {
  crowd::on_turn(now);
  rounds_.look(
      now,
      [this](std::uint16_t number, std::chrono::nanoseconds spread) {
        if (spread.count() > 0) counted_.spread.add(spread);
        on_done(number);
      },
      [this](std::uint16_t number, std::int64_t missing) {
        counted_.fail("not delivered in 10 s", static_cast<std::uint64_t>(missing));
        on_done(number);
      });
}

void receivers::leave() {
  if (rounds_.on_their_way() > 0) counted_.fail("events not delivered everywhere", rounds_.on_their_way());
  crowd::leave();
}

}  // namespace encke::load
