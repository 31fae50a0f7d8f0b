// SPDX-License-Identifier: MIT
// Refuse: handshakes with tokens that a server has to turn away, with HTTP 401: polling or WebSocket, one after the
// other on a kept connection or each on a new one. One refusal is one message.
#pragma once

#include <optional>

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
    return idle_.empty() || !has_more() ? clock::time_point::max() : pace_.next();
  }
  void stop() override;
  [[nodiscard]] bool is_done() const override { return !has_more() && is_drained(); }
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

  [[nodiscard]] bool has_more() const noexcept { return !most_ || knocks_ < *most_; }

  std::string request_;
  pacer pace_;
  std::vector<std::unique_ptr<door>> doors_;
  std::vector<door*> idle_;
  bool goes_ = false;
  std::optional<std::uint64_t> most_;  // this thread's part of --count
  std::uint64_t knocks_ = 0;
  clock::time_point rest_until_{};
};

}  // namespace encke::load
