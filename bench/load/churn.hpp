// SPDX-License-Identifier: MIT
// Churn: clients that come with a token, are let in, leave, and come again, each as fast as the server lets it, or as
// many a second in all as --rate says. One cycle is one message; its time is from connecting to being let in.
#pragma once

#include "bench/load/crowd.hpp"

namespace encke::load {

class churn final : public crowd {
 public:
  explicit churn(const share& mine);

  void start() override {}
  [[nodiscard]] bool is_ready() const override { return true; }
  void go(clock::time_point now) override;
  void on_turn(clock::time_point now) override;
  [[nodiscard]] clock::time_point next_due() const override {
    return idle_.empty() ? clock::time_point::max() : pace_.next();
  }
  void stop() override;
  [[nodiscard]] bool is_drained() const override { return idle_.size() == members_.size(); }
  void leave() override;
  [[nodiscard]] bool is_empty() const override { return is_drained(); }
  [[nodiscard]] std::size_t inside() const override { return members_.size() - idle_.size(); }

  void on_ready(client& who) override;
  void on_packet(client&, std::string_view) override {}
  void on_gone(client& who, std::string_view why) override;

 private:
  void come(unsigned index, clock::time_point due);

  struct visit {
    std::string token;
    clock::time_point due;
    bool was_in = false;
  };

  pacer pace_;
  std::vector<visit> visits_;                     // by index
  std::vector<unsigned> idle_;                    // members that are outside
  clock::time_point rest_until_{}, next_look_{};  // after a failure, so that a dead server is not asked without end
};

}  // namespace encke::load
