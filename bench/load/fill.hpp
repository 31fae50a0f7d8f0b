// SPDX-License-Identifier: MIT
// Fill: nobody reads while an HTTP API is told so many events for each client, one after the other, no two alike. So
// the server holds them all. Then everybody reads them, or leaves; what becomes of the server's memory is for others to
// see.
#pragma once

#include "bench/load/crowd.hpp"
#include "bench/load/publisher.hpp"
#include "bench/load/sequence_check.hpp"

namespace encke::load {

class fill final : public crowd {
 public:
  explicit fill(const share& mine);

  void go(clock::time_point now) override;
  void on_turn(clock::time_point now) override;
  // All was published, and waited as long as it should.
  [[nodiscard]] bool is_done() const override { return clock::now() >= held_until_; }
  void stop() override;
  [[nodiscard]] bool is_drained() const override;
  void leave() override;
  void on_packet(client& who, std::string_view packet) override;

 private:
  void post();
  [[nodiscard]] clock::duration hold() const;
  [[nodiscard]] bool can_say_goodbye(const client& who) const override;

  publisher api_;
  std::vector<sequence_check> checks_;
  std::vector<bool> listens_;
  std::size_t next_member_ = 0;
  std::uint32_t round_ = 0;  // events that each client was sent
  clock::time_point not_before_{}, held_until_ = clock::time_point::max();
};

}  // namespace encke::load
