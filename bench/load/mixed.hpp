// SPDX-License-Identifier: MIT
// Mixed: parts of the connections do other scenarios at once. Counted by part and in all. Of the kind "mixed" these are
// all others; of the kind "fair", echoes of a few beside broadcasts to many, each in a thread of its own.
#pragma once

#include <deque>

#include "bench/load/scenario.hpp"

namespace encke::load {

class mixed final : public scenario {
 public:
  explicit mixed(const share& mine);

  void start() override;
  [[nodiscard]] bool is_ready() const override;
  void go(clock::time_point now) override;
  void on_turn(clock::time_point now) override;
  [[nodiscard]] clock::time_point next_due() const override;
  void stop() override;
  [[nodiscard]] bool is_drained() const override;
  void leave() override;
  [[nodiscard]] bool is_empty() const override;
  [[nodiscard]] std::size_t inside() const override;
  [[nodiscard]] std::vector<part> parts() override;

 private:
  void add_all();
  void add_many_and_few();
  void add(kind, double rate, const options&, const share&);

  std::deque<options> options_;  // of the parts, which hold references
  std::vector<std::unique_ptr<scenario>> parts_;
};

}  // namespace encke::load
