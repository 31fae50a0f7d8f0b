// SPDX-License-Identifier: MIT
#include "bench/load/rooms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace encke::load {

std::vector<std::uint32_t> zipf_sizes(unsigned clients, unsigned count, double exponent) {
  if (count == 0) return {};
  std::vector<double> weights(count);
  double sum = 0;
  for (unsigned i = 0; i < count; ++i) sum += weights[i] = std::pow(i + 1.0, -exponent);
  std::vector<std::uint32_t> sizes(count, 1);
  const unsigned spare = clients > count ? clients - count : 0;
  unsigned given = 0;
  for (unsigned i = 0; i < count; ++i) {
    const auto more = static_cast<std::uint32_t>(std::floor(spare * weights[i] / sum));
    sizes[i] += more;
    given += more;
  }
  for (unsigned i = 0; given < spare; ++i, ++given) ++sizes[i % count];
  return sizes;
}

rooms::rooms(const share& mine)
    : receivers{mine, "2[\"tell\""},
      event_{message(fmt::format(R"(42["tell","r######","{}"])", stamped_text(mine.given.size)))},
      pace_{rate()},
      random_{mine.thread + 1} {}

std::string rooms::user_of(unsigned number) const {
  return room_name(mine_.all.rooms[number]);
}

std::atomic<std::int64_t>& rooms::members_of(const client& who) const {
  return mine_.all.room_members[mine_.all.rooms[who.number()]];
}

void rooms::go(clock::time_point now) {
  crowd::go(now);
  pace_.start(now);
}

bool rooms::tell(clock::time_point due) {
  auto& all = mine_.all;
  const auto room = static_cast<std::uint32_t>(random_() % all.room_members.size());
  const auto expected = all.room_members[room].load();
  auto* who = any_ready(random_() % members_.size());
  if (expected <= 0 || who == nullptr) return false;
  const auto number = rounds_.begin(expected, due);
  if (!number) return false;
  event_.fill(room);
  event_.set({due, *number});
  who->say(event_);
  return true;
}

void rooms::on_turn(clock::time_point now) {
  receivers::on_turn(now);
  if (!goes_ || ready_ == 0) return;
  if (pace_.is_on()) {
    while (has_numbers(1)) {
      const auto due = pace_.take(now);
      if (!due) return;
      [[maybe_unused]] const bool told = tell(*due);
    }
    return;
  }
  const auto wanted = std::min<std::size_t>(mine_.given.window, mine_.rounds_count);
  for (unsigned misses = 0; rounds_.on_their_way() < wanted && misses < 100;)
    if (!tell(clock::now())) ++misses;
}

void rooms::stop() {
  crowd::stop();
  pace_.stop();
}

}  // namespace encke::load
