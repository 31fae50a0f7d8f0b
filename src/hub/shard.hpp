// SPDX-License-Identifier: MIT
// Shard: the part of the hub that lives on one worker: its clients' sockets, the rooms they are in, and the acks they
// owe. Everything but `run` and `post` is for that worker only.
#pragma once

#include <hub/acks.hpp>
#include <hub/core.hpp>
#include <hub/environment.hpp>
#include <hub/gathered_broadcasts.hpp>
#include <hub/room_events.hpp>
#include <hub/rooms.hpp>
#include <map>
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
  void open() { rooms_.resize(owner_.spaces().count()); }
  /// Forgets all acks that are waited for: whoever waits is never resumed.
  void close() { acks_.clear(); }

  /// Whoever looks at the rooms, or changes them, finds all that was sent before delivered.
  [[nodiscard]] rooms& in(const nsp_core& nsp) {
    deliver_pending();
    return rooms_of(nsp);
  }
  /// A socket has connected.
  void add(socket_state&);
  /// It leaves.
  void remove(socket_state&);
  [[nodiscard]] acks& pending() { return acks_; }
  /// Of the first shard.
  [[nodiscard]] room_directory& directory() { return directory_; }
  [[nodiscard]] core& owner() const { return owner_; }
  [[nodiscard]] environment& env() const { return env_; }
  [[nodiscard]] std::uint8_t number() const { return number_; }
  [[nodiscard]] std::size_t socket_count() const;

  /// Sends a frame to the sockets of a selection on this worker. It waits for others to the same rooms until the turn
  /// ends, or until anything else happens that they could notice, so that many are queued in one walk.
  void deliver(const nsp_ptr&, const selection&, const frame_ptr&, const delivery_ptr& = nullptr);
  /// Queues what `deliver` has gathered.
  void deliver_pending() {
    if (!gathered_.empty()) queue_gathered();
  }
  /// The worker calls it when its turn ends: queues what was gathered, and tells those who wanted to know how many got
  /// it, which may cause more.
  void end_turn();
  [[nodiscard]] bool has_pending() const { return !gathered_.empty() || !counted_.empty(); }
  /// Queues a frame for one socket, if it has not left, behind all that was sent before.
  static void send(socket_state&, const frame_ptr&, bool lossy = false);
  /// The same for a packet that nobody else gets, from any thread.
  static void send(const socket_ptr&, const socketio::packet_pieces&, const arguments&);

 private:
  struct child_rooms : rooms, ledger::charged<ledger::purpose::room> {};
  using child_map =
      std::map<std::size_t, std::unique_ptr<child_rooms>, std::less<>,
               ledger::allocator<std::pair<const std::size_t, std::unique_ptr<child_rooms>>, ledger::purpose::room>>;

  void queue_gathered();
  /// Of a child without sockets here: those of nobody.
  [[nodiscard]] rooms& rooms_of(const nsp_core& nsp) {
    return nsp.is_child() ? rooms_of_child(nsp) : rooms_[nsp.index()];
  }
  [[nodiscard]] rooms& rooms_of_child(const nsp_core&);

  core& owner_;
  environment& env_;
  std::vector<rooms> rooms_;  // by nsp_core::index
  child_map children_;        // those with sockets here
  gathered_broadcasts gathered_;
  gathered_broadcasts::counts counted_;  // of this turn, not yet told
  acks acks_{*this};
  room_directory directory_;
  std::uint8_t number_;
};

}  // namespace encke::hub
