// SPDX-License-Identifier: MIT
// Shard: the part of the hub that lives on one worker: its clients' sockets, the rooms they are in, and the acks they
// owe. Everything but `run` and `post` is for that worker only.
#pragma once

#include <hub/acks.hpp>
#include <hub/core.hpp>
#include <hub/environment.hpp>
#include <hub/rooms.hpp>
#include <memory>
#include <vector>

namespace encke::hub {

class shard {
 public:
  shard(core& owner, environment& worker, std::uint8_t number) : owner_{owner}, env_{worker}, number_{number} {}
  shard(const shard&) = delete;
  shard& operator=(const shard&) = delete;

  /// Takes the calling thread as this shard's worker; nullptr gives it up.
  static void set_current(shard*);
  /// The calling thread is this shard's worker.
  [[nodiscard]] bool is_here() const;

  /// Calls a function on this shard's worker: at once if this is the calling thread.
  template <class Act>
  void run(Act&& act) {
    if (is_here()) return act();
    post(std::forward<Act>(act));
  }
  void post(std::move_only_function<void()> act) { env_.post(std::move(act)); }

  /// To be called once the core is frozen.
  void open() { rooms_.resize(owner_.namespace_count()); }
  /// Forgets all acks that are waited for: whoever waits is never resumed.
  void close() { acks_.clear(); }

  /// Whoever looks at the rooms, or changes them, finds all that was sent before delivered.
  [[nodiscard]] rooms& in(const nsp_core& nsp) {
    deliver_pending();
    return rooms_[nsp.index()];
  }
  [[nodiscard]] acks& pending() { return acks_; }
  [[nodiscard]] core& owner() const { return owner_; }
  [[nodiscard]] environment& env() const { return env_; }
  [[nodiscard]] std::uint8_t number() const { return number_; }
  [[nodiscard]] std::size_t socket_count() const;

  /// Sends a frame to the sockets of a selection on this worker. It waits for others to the same selection until the
  /// turn ends, or until anything else happens that they could notice, so that many are queued in one walk.
  void deliver(nsp_core&, const selection&, const frame_ptr&);
  /// Queues what `deliver` has gathered. The worker calls it when its turn ends.
  void deliver_pending() {
    if (!pending_.empty()) queue_pending();
  }
  [[nodiscard]] bool has_pending() const { return !pending_.empty(); }
  /// Queues a frame for one socket, if it has not left, behind all that was sent before.
  static void send(socket_state&, const frame_ptr&, bool lossy = false);
  /// The same for a packet that nobody else gets, from any thread.
  static void send(const socket_ptr&, const socketio::packet_pieces&, const arguments&);

 private:
  void queue_pending();

  core& owner_;
  environment& env_;
  std::vector<rooms> rooms_;  // by nsp_core::index
  nsp_core* pending_in_ = nullptr;
  selection pending_to_;
  std::vector<frame_ptr> pending_;
  acks acks_{*this};
  std::uint8_t number_;
};

}  // namespace encke::hub
