// SPDX-License-Identifier: MIT
#include "bench/load/broadcast.hpp"

#include <fmt/format.h>

#include <cmath>

namespace encke::load {

namespace {

using namespace std::chrono_literals;

constexpr auto until_all_threads_go = 50ms;
constexpr int stalled_receive_buffer = 4096;

}  // namespace

broadcast::broadcast(const share& mine)
    : receivers{mine, mine.given.by == sender::http ? "2" : "2[\"shout\""},
      event_{message(fmt::format(R"(42["shout","{}"])", stamped_text(mine.given.size)))},
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
  if (api_ && !api_->is_free()) return false;
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
    if (api_) {
      api_->add("house", s);
    } else {
      event_.set(s);
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

slow::slow(const share& mine)
    : broadcast{mine},
      stalled_{std::min<std::size_t>(static_cast<std::size_t>(std::ceil(mine.given.stalled * mine.count)),
                                     mine.count - 1)} {}

void slow::go(clock::time_point now) {
  for (std::size_t i = 0; i < stalled_; ++i) {
    if (!members_[i]->is_ready()) continue;
    members_[i]->shrink_receive_buffer(stalled_receive_buffer);
    members_[i]->stall();
    --mine_.all.listening;
    ++counted_.stalled;
  }
  went_ = true;
  broadcast::go(now);
}

void slow::on_left(client& who) {
  if (!has_stalled(who)) broadcast::on_left(who);
}

bool slow::can_say_goodbye(const client& who) const {
  return !has_stalled(who) && broadcast::can_say_goodbye(who);
}

void slow::leave() {
  for (std::size_t i = 0; i < stalled_; ++i)
    if (members_[i]->was_left()) ++counted_.stalled_left;
  broadcast::leave();
}

}  // namespace encke::load
