// SPDX-License-Identifier: MIT
// Broadcast: one client, or an HTTP API, says something to the whole house; the next burst follows when all have got
// it. The first thread sends, all receive. Slow is the same while a share of the readers has stopped reading.
#pragma once

#include <optional>

#include "bench/load/publisher.hpp"
#include "bench/load/receivers.hpp"

namespace encke::load {

class broadcast : public receivers {
 public:
  explicit broadcast(const share& mine);

  void go(clock::time_point now) override;
  void on_turn(clock::time_point now) override;
  [[nodiscard]] clock::time_point next_due() const override { return std::max(pace_.next(), not_before_); }
  void stop() override;

 protected:
  void on_joined(client&) override { ++mine_.all.listening; }
  void on_left(client&) override { --mine_.all.listening; }
  [[nodiscard]] virtual client* speaker() { return any_ready(0); }

 private:
  void send_burst(clock::time_point due);
  [[nodiscard]] bool can_send() const noexcept;

  outgoing event_;
  pacer pace_;
  std::optional<publisher> api_;
  clock::time_point not_before_{};
};

class slow final : public broadcast {
 public:
  explicit slow(const share& mine);
  void go(clock::time_point now) override;
  void leave() override;

 private:
  void on_left(client& who) override;
  [[nodiscard]] client* speaker() override { return any_ready(stalled_); }
  [[nodiscard]] bool can_say_goodbye(const client& who) const override;
  [[nodiscard]] bool has_stalled(const client& who) const { return went_ && who.number() - mine_.first < stalled_; }

  std::size_t stalled_;  // the first that many members
  bool went_ = false;
};

}  // namespace encke::load
