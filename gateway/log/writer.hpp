// SPDX-License-Identifier: MIT
// Lines on their way to a descriptor. Whoever logs only puts a line into a bounded queue; a thread of its own writes
// it. So a disk, a terminal or a reader that stands still, or one that is gone, costs records and nothing else.
// What is lost is counted, and told in the next line that can be written. What waits is charged to the ledger
// (purpose `history`).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace encke::gateway {

class log_writer {
 public:
  static constexpr std::size_t most_waiting = 1 << 20;  // bytes of lines; as many again may be on their way
  /// The line that tells of so many lost records.
  using notice = std::function<std::string(std::uint64_t lost)>;

  /// Owns the descriptor, unless it is one of the standard ones. SIGPIPE and SIGXFSZ are ignored by the process.
  log_writer(int descriptor, notice);
  /// Gives what still waits a second to get out.
  ~log_writer();
  log_writer(const log_writer&) = delete;
  log_writer& operator=(const log_writer&) = delete;

  /// Queues whole lines of one record. Never waits for the descriptor. Any thread.
  void put(std::string_view record) noexcept;
  /// Counts a record that could not even be made.
  void lose() noexcept;
  /// Goes on with another descriptor, at the border of two records.
  void turn_to(int descriptor);
  /// Waits until nothing waits, or for this long. False: something still does.
  bool flush(std::chrono::milliseconds) noexcept;
  /// Records since the start that were never written.
  [[nodiscard]] std::uint64_t lost() const noexcept;

 private:
  class worker;
  struct shared;

  std::shared_ptr<shared> shared_;
  std::thread thread_;
};

}  // namespace encke::gateway
