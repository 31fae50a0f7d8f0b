// SPDX-License-Identifier: MIT
#include "bench/load/broadcast.hpp"

#include <fmt/format.h>

namespace encke::load {

namespace {

using namespace std::chrono_literals;

constexpr auto until_all_threads_go = 50ms;

}  // namespace

broadcast::broadcast(const share& mine) : broadcast{mine, stamped_text(mine.given.size)} {}

broadcast::broadcast(const share& mine, std::string_view data)
    : receivers{mine, mine.given.by == sender::http ? "2" : "2[\"shout\""},
      event_{message(fmt::format(R"(42["shout","{}"])", data))},
      pace_{mine.given.rate} {
  if (mine.given.by == sender::http && mine.thread == 0)
    api_.emplace(mine.on, mine.all.push, mine.given, counted_, mine.given.burst > 1);
}

void broadcast::go(clock::time_point now) {
  crowd::go(now);
  if (mine_.thread != 0) return;
  not_before_ = now + until_all_threads_go;
  pace_.start(not_before_);
}

bool broadcast::can_send() const noexcept {
  const auto burst = mine_.given.burst;
  if (!has_more() || (api_ && !api_->is_free())) return false;
  if (pace_.is_on()) return has_numbers(burst);
  return rounds_.on_their_way() <= std::size_t{mine_.given.window - 1} * burst && has_numbers(burst);
}

void broadcast::on_turn(clock::time_point now) {
  receivers::on_turn(now);
  if (!goes_ || mine_.thread != 0 || now < not_before_) return;
  while (can_send()) {
    const auto due = pace_.is_on() ? pace_.take(now) : clock::now();
    if (!due || mine_.all.listening.load() == 0) return;
    send_burst(*due);
  }
}

void broadcast::send_burst(clock::time_point due) {
  const auto expected = mine_.all.listening.load();
  auto* who = api_ ? nullptr : speaker();
  if (!api_ && who == nullptr) return;
  if (who != nullptr) who->hold();
  for (unsigned i = 0; i < mine_.given.burst; ++i) {
    const stamp s{due, rounds_.begin(expected, clock::now()).value_or(0)};
    const auto sequence = take_sequence();
    if (api_) {
      api_->add("house", s, sequence);
    } else {
      event_.set(s);
      if (sequence) event_.fill(*sequence);
      who->say(event_);
    }
  }
  if (who != nullptr) who->release();
  if (api_) api_->post();
}

void broadcast::stop() {
  crowd::stop();
  pace_.stop();
  not_before_ = clock::time_point::max();
}

}  // namespace encke::load
