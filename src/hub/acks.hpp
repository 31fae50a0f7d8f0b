// SPDX-License-Identifier: MIT
// Acks that a worker's sockets owe to the server. One question may wait for many sockets (a broadcast); it ends when
// everyone has answered or left, or when its time is over, whichever comes first.
#pragma once

#include <base/alarm.hpp>
#include <chrono>
#include <cstdint>
#include <encke/ledger.hpp>
#include <encke/target.hpp>
#include <functional>
#include <hub/frame.hpp>
#include <hub/socket_state.hpp>
#include <memory>
#include <unordered_map>
#include <vector>

namespace encke::hub {

class shard;

/// How a question ended on one worker.
struct ack_outcome {
  answers all;
  bool timed_out = false;  ///< otherwise `missing` holds those who left
  ledger::charge held{};   ///< for the answers, until they are handed over
};

class acks {
 public:
  using done = std::move_only_function<void(ack_outcome)>;

  using key = std::uint64_t;  // namespace index and id

  explicit acks(shard& home);
  ~acks();

  /// Sends `what`, which carries `id`, to the sockets and waits for their acks. `then` is called once, later or at
  /// once.
  void ask(nsp_core&, std::uint32_t id, const std::vector<socket_ptr>& who, const frame_ptr& what,
           std::chrono::milliseconds timeout, done then);

  /// A client answered. Ids that nobody waits for are ignored.
  void on_ack(socket_state&, std::uint64_t id, std::string_view args, std::span<const std::string> attachments);
  /// The socket has left: nobody waits for it any more.
  void on_left(socket_state&);
  /// The question whose answers hold the most memory, and how much that is.
  struct heavy {
    key which = 0;
    std::size_t bytes = 0;
  };
  [[nodiscard]] heavy heaviest() const;
  /// Memory is short: ends a question without its answers, if it is still there.
  void give_up(key);
  /// Forgets everything without calling anybody.
  void clear();

 private:
  struct question;
  using table =
      std::unordered_map<key, std::unique_ptr<question>, std::hash<key>, std::equal_to<>,
                         ledger::allocator<std::pair<const key, std::unique_ptr<question>>, ledger::purpose::ack>>;
  [[nodiscard]] static key key_of(const nsp_core&, std::uint32_t id);
  void finish(key, bool timed_out);
  void stop_waiting(question&, socket_state&);

  shard& home_;
  table questions_;
};

}  // namespace encke::hub
