// SPDX-License-Identifier: MIT
#include "bench/load/publish.hpp"

namespace encke::load {

publish::publish(const share& mine) : receivers{mine, "2"}, pace_{rate() / mine.given.batch} {
  for (unsigned i = 0; i < mine.given.window; ++i)
    lines_.push_back(std::make_unique<publisher>(mine.on, mine.all.push, mine.given, counted_, mine.given.batch > 1));
}

void publish::go(clock::time_point now) {
  crowd::go(now);
  pace_.start(now);
}

void publish::on_turn(clock::time_point now) {
  receivers::on_turn(now);
  if (!goes_ || ready_ == 0) return;
  for (auto& line : lines_) {
    if (!line->is_free() || !has_numbers(1)) continue;
    if (!pace_.is_on() && rounds_.on_their_way() >= mine_.given.window) return;
    const auto due = pace_.is_on() ? pace_.take(now) : clock::now();
    if (!due) return;
    post(*line, *due);
  }
}

// One number stands for the whole body: it has arrived when all of its lines have.
void publish::post(publisher& with, clock::time_point due) {
  receivers_.clear();
  for (unsigned i = 0; i < mine_.given.batch; ++i)
    if (auto* who = any_ready(next_user_++)) receivers_.push_back(who);
  const auto number = rounds_.begin(static_cast<std::int64_t>(receivers_.size()), clock::now());
  if (!number) return;
  for (const auto* who : receivers_) with.add(user_of(who->number()), {due, *number});
  with.post();
}

void publish::stop() {
  crowd::stop();
  pace_.stop();
}

}  // namespace encke::load
