// SPDX-License-Identifier: MIT
// Gathered broadcasts: what a shard sends to one set of rooms and has not queued yet, so that many messages take one
// walk through their receivers. Messages that leave out one socket each, as those of handlers do, go together. Who is
// sent something of its own meanwhile gets its part of what waits before (`hurry`): order holds for each receiver by
// itself.
#pragma once

#include <cstddef>
#include <encke/ledger.hpp>
#include <hub/delivery_count.hpp>
#include <hub/frame.hpp>
#include <hub/nsp_core.hpp>
#include <hub/rooms.hpp>
#include <string>
#include <utility>
#include <vector>

namespace encke::hub {

class gathered_broadcasts {
 public:
  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  [[nodiscard]] const nsp_ptr& nsp() const { return nsp_; }

  /// Takes a message; `here` are the rooms of its namespace, which nobody may change before `queue`. False: it goes to
  /// others than what waits, or enough waits: that has to be queued first.
  [[nodiscard]] bool add(rooms& here, const nsp_ptr&, const selection&, const frame_ptr&, const delivery_ptr&);
  /// Queues for one socket what waits for it. False: that was done for many already, and all of it has to be queued.
  [[nodiscard]] bool hurry(socket_state&);
  /// Queues for everyone what waits. Whoever wants to know how many got it is added to `counted`.
  using counts = std::vector<std::pair<delivery_ptr, std::size_t>>;
  void queue(rooms& here, counts& counted);

 private:
  struct message {
    frame_ptr what;
    const socket_state* left_out;  // none: nobody here
    delivery_ptr count;            // none: nobody wants to know
    std::size_t sockets;           // that took it
  };
  // Who got messages before the others, and how many.
  struct hurried {
    const socket_state* who;
    std::size_t messages;
  };

  [[nodiscard]] bool goes_with(const nsp_ptr&, const selection&, bool leaves_out_one) const;
  [[nodiscard]] bool is_selected(const socket_state&) const;
  void send(socket_state&, std::size_t from);

  nsp_ptr nsp_;
  selection to_;  // without whom each message leaves out by itself
  ledger::vector<message, ledger::purpose::worker> waiting_;
  ledger::vector<hurried, ledger::purpose::worker> hurried_;
  std::string left_out_id_;  // of the last message, and who that is
  const socket_state* left_out_ = nullptr;
};

}  // namespace encke::hub
