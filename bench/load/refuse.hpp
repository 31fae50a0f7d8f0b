// SPDX-License-Identifier: MIT
// Refuse: handshakes with tokens that a server has to turn away, with HTTP 401: polling or WebSocket, one after the
// other on a kept connection or each on a new one. One refusal is one message.
#pragma once

#include "bench/load/http_line.hpp"
#include "bench/load/scenario.hpp"

namespace encke::load {

class refuse final : public scenario {
 public:
  explicit refuse(const share& mine);

  void start() override {}
  [[nodiscard]] bool is_ready() const override { return true; }
  void go(clock::time_point now) override;
  void on_turn(clock::time_point now) override;
  [[nodiscard]] clock::time_point next_due() const override {
    return idle_.empty() ? clock::time_point::max() : pace_.next();
  }
  void stop() override;
  [[nodiscard]] bool is_drained() const override { return idle_.size() == doors_.size(); }
  void leave() override;
  [[nodiscard]] std::size_t inside() const override { return doors_.size() - idle_.size(); }

 private:
  // A connection at which handshakes are tried.
  struct door final : line_listener {
    door(refuse& of, unsigned number);
    void knock(clock::time_point when);
    void on_answer(http_line&, unsigned status, std::string_view) override;
    void on_no_answer(http_line&, int error) override;

    refuse& owner;
    http_line line;
    unsigned number;
    clock::time_point due{};
  };

  std::string request_;
  pacer pace_;
  std::vector<std::unique_ptr<door>> doors_;
  std::vector<door*> idle_;
  bool goes_ = false;
  unsigned knocks_ = 0;
  clock::time_point rest_until_{};
};

}  // namespace encke::load
