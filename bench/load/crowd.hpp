// SPDX-License-Identifier: MIT
// Crowd: a scenario with clients that come at the start and stay: brings them in, a few at a time, and again when they
// could not get in; counts those that are lost. Its kinds say what the clients do.
#pragma once

#include <deque>

#include "bench/load/client.hpp"
#include "bench/load/scenario.hpp"

namespace encke::load {

class crowd : public scenario, public listener {
 public:
  explicit crowd(const share& mine);

  void start() override;
  [[nodiscard]] bool is_ready() const override { return ready_ + given_up_ >= members_.size(); }
  void go(clock::time_point) override { goes_ = true; }
  void on_turn(clock::time_point now) override;
  void stop() override { goes_ = false; }
  void leave() override;
  [[nodiscard]] bool is_empty() const override { return inside_ == 0; }
  [[nodiscard]] std::size_t inside() const override { return ready_; }

  void on_ready(client& who) override;
  void on_gone(client& who, std::string_view why) override;

 protected:
  // The name in the token of a client.
  [[nodiscard]] virtual std::string user_of(unsigned number) const;
  virtual void on_joined(client&) {}
  virtual void on_left(client&) {}
  // One that was in is out, and nobody asked for it.
  virtual void on_lost(client&, std::string_view why) { counted_.fail("lost: " + std::string{why}); }
  [[nodiscard]] virtual bool can_say_goodbye(const client& who) const { return who.is_ready(); }

  [[nodiscard]] std::string token_of(unsigned number, flaw with = flaw::none) const;
  // A message for the transport in use.
  [[nodiscard]] outgoing message(std::string_view text) const;
  // Some member that is ready, beginning to look at `from`; none when nobody is.
  [[nodiscard]] client* any_ready(std::size_t from) noexcept;
  [[nodiscard]] clock::time_point received_at() const noexcept { return mine_.on.received_at(); }

  std::vector<std::unique_ptr<client>> members_;
  std::size_t ready_ = 0;
  bool goes_ = false;

 private:
  void bring_more();
  void bring(std::size_t index);

  struct attempt {
    std::size_t index;
    clock::time_point at;
  };

  std::size_t next_ = 0, coming_ = 0, given_up_ = 0, inside_ = 0;
  std::deque<attempt> again_;
  std::vector<std::uint8_t> failed_;  // attempts, by index
  std::vector<bool> was_in_;
  clock::time_point next_tick_{}, next_ping_look_{};
  bool leaving_ = false;
};

[[nodiscard]] std::string user_name(unsigned number);
[[nodiscard]] std::string room_name(unsigned number);

}  // namespace encke::load
