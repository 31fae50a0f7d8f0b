// SPDX-License-Identifier: MIT
// Broadcast: one client, or an HTTP API, says something to the whole house; the next burst follows when all have got
// it. The first thread sends, all receive.
#pragma once

#include <optional>

#include "bench/load/publisher.hpp"
#include "bench/load/receivers.hpp"

namespace encke::load {

class broadcast : public receivers {
 public:
  // `data` is the text of an event.
  broadcast(const share& mine, std::string_view data);
  explicit broadcast(const share& mine);

  void go(clock::time_point now) override;
  void on_turn(clock::time_point now) override;
  [[nodiscard]] clock::time_point next_due() const override { return std::max(pace_.next(), not_before_); }
  void stop() override;

 protected:
  void on_joined(client&) override { ++mine_.all.listening; }
  void on_left(client&) override { --mine_.all.listening; }
  [[nodiscard]] virtual client* speaker() { return any_ready(0); }
  [[nodiscard]] virtual bool has_more() const { return true; }
  // Of the event that is sent next.
  [[nodiscard]] virtual std::optional<std::uint32_t> take_sequence() { return {}; }

 private:
  void send_burst(clock::time_point due);
  [[nodiscard]] bool can_send() const noexcept;

  outgoing event_;
  pacer pace_;
  std::optional<publisher> api_;
  clock::time_point not_before_{};
};

}  // namespace encke::load
