// SPDX-License-Identifier: MIT
#include "bench/load/crowd.hpp"

#include <fmt/format.h>

#include <ctime>

namespace encke::load {

namespace {

using namespace std::chrono_literals;

constexpr std::uint8_t most_attempts = 5;
constexpr auto pause_between = 200ms;
constexpr auto tick = 100ms;
constexpr auto slowest_entry = 30s;
constexpr mask_key key_of_messages{'\x5e', '\x1c', '\xa3', '\x77'};

}  // namespace

std::string user_name(unsigned number) {
  return fmt::format("u{:06}", number);
}
std::string room_name(unsigned number) {
  return fmt::format("r{:06}", number);
}

crowd::crowd(const share& mine) : scenario{mine}, failed_(mine.count), was_in_(mine.count) {
  members_.reserve(mine.count);
  const auto make = mine.given.scenario == kind::upgrade ? upgrading_client
                    : mine.given.is_polling()            ? polling_client
                                                         : websocket_client;
  for (unsigned i = 0; i < mine.count; ++i) members_.push_back(make(mine.on, mine.first + i, mine.all.server, *this));
}

std::string crowd::user_of(unsigned number) const {
  return user_name(number);
}

std::string crowd::token_of(unsigned number, flaw with) const {
  if (!mine_.given.token.empty()) return mine_.given.token;
  if (mine_.given.secret.empty()) return {};
  const mint tokens{mine_.given.secret, mine_.given.claim};
  return tokens.make(user_of(number), std::time(nullptr), with);
}

outgoing crowd::message(std::string_view text) const {
  return mine_.given.is_polling() ? outgoing{text} : outgoing{text, key_of_messages};
}

client* crowd::any_ready(std::size_t from) noexcept {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    auto& who = *members_[(from + i) % members_.size()];
    if (who.is_ready()) return &who;
  }
  return nullptr;
}

void crowd::start() {
  bring_more();
}

void crowd::bring_more() {
  while (next_ < members_.size() && coming_ < mine_.given.connecting) bring(next_++);
}

void crowd::bring(std::size_t index) {
  ++coming_;
  ++inside_;
  members_[index]->come(token_of(mine_.first + static_cast<unsigned>(index)));
}

void crowd::on_ready(client& who) {
  --coming_;
  ++ready_;
  was_in_[who.number() - mine_.first] = true;
  on_joined(who);
  if (leaving_) return who.leave();
  bring_more();
}

void crowd::on_gone(client& who, std::string_view why) {
  const auto index = who.number() - mine_.first;
  --inside_;
  if (leaving_) {
    if (was_in_[index]) --ready_;
    was_in_[index] = false;
    return;
  }
  // A client that was let in has come to an end; one that was not has only failed to come.
  if (was_in_[index]) {
    was_in_[index] = false;
    --ready_;
    on_left(who);
    return on_lost(who, why);
  }
  --coming_;
  counted_.fail(fmt::format("not let in: {}", why));
  if (++failed_[index] < most_attempts) {
    again_.push_back({index, clock::now() + pause_between});
  } else {
    ++given_up_;
  }
}

void crowd::on_turn(clock::time_point now) {
  if (now < next_tick_) return;
  next_tick_ = now + tick;
  while (!leaving_ && !again_.empty() && again_.front().at <= now) {
    const auto index = again_.front().index;
    again_.pop_front();
    bring(index);
  }
  bring_more();
  if (now < next_ping_look_) return;
  next_ping_look_ = now + 1s;
  for (auto& who : members_) {
    who->on_time(now);
    if (who->is_outside() || who->is_ready() || now - who->came() < slowest_entry) continue;
    who->drop();
    on_gone(*who, "no answer in 30 s");
  }
}

void crowd::leave() {
  leaving_ = true;
  again_.clear();
  next_ = members_.size();
  for (auto& who : members_) {
    if (who->is_outside()) continue;
    if (mine_.given.leave == goodbye::frame && can_say_goodbye(*who)) {
      who->leave();
    } else {
      who->drop();
      on_gone(*who, "");
    }
  }
}

}  // namespace encke::load
