// SPDX-License-Identifier: MIT
// Delivery count: how many sockets got what was sent, gathered from the shards as they hand it out: each adds its part,
// and whoever adds the last one tells the total. Made by `delivered`, carried by broadcasts.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace encke::hub {

class delivery_count {
 public:
  /// So many more parts will be added. Before `finish`.
  void expect(std::size_t parts) { missing_.fetch_add(parts, std::memory_order_relaxed); }

  /// One part; from any thread.
  void add(std::size_t sockets) {
    sockets_.fetch_add(sockets, std::memory_order_relaxed);
    if (missing_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    if (auto done = std::exchange(done_, nullptr)) done(sockets_.load(std::memory_order_relaxed));
  }

  /// No more will be expected. The total if all parts are there; else `done` is taken, and called once when they are.
  [[nodiscard]] std::optional<std::size_t> finish(std::move_only_function<void(std::size_t)>& done) {
    done_ = std::move(done);
    if (missing_.fetch_sub(1, std::memory_order_acq_rel) != 1) return std::nullopt;
    done = std::exchange(done_, nullptr);
    return sockets_.load(std::memory_order_relaxed);
  }

 private:
  std::atomic<std::size_t> sockets_{0};
  std::atomic<std::size_t> missing_{1};  // the one is that of `finish`
  std::move_only_function<void(std::size_t)> done_;
};

using delivery_ptr = std::shared_ptr<delivery_count>;

}  // namespace encke::hub
