// SPDX-License-Identifier: MIT
// Walk: a look at the sockets of a selection on one worker, a bounded number in each turn, so that a crowd does not
// keep the worker from its clients. Sockets come and go meanwhile: each that stays is found once.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstddef>
#include <hub/operation.hpp>
#include <hub/shard.hpp>
#include <limits>
#include <optional>
#include <vector>

namespace encke::hub {

class walk {
 public:
  static constexpr std::size_t at_once = 1024;  // sockets, before others get their turn

  /// Through the namespaces of `in`, which it holds. For the worker of `home`, as all that follows.
  walk(shard& home, std::vector<nsp_ptr> in, selection_ptr who);

  /// Adds those among the next thousand that are selected. False once all were looked at.
  [[nodiscard]] bool next(std::vector<socket_ptr>& found);
  /// How many there are, where that is known without a look at each.
  [[nodiscard]] std::optional<std::size_t> size() const;
  [[nodiscard]] shard& home() const { return home_; }

 private:
  /// False if `left` did not suffice for all of the list.
  bool look(rooms& here, std::size_t& left, std::vector<socket_ptr>& found);
  void take(socket_state&, std::vector<socket_ptr>& found);
  [[nodiscard]] bool is_of_everybody() const { return selected(who_).rooms.empty(); }
  [[nodiscard]] std::size_t lists() const { return is_of_everybody() ? 1 : selected(who_).rooms.size(); }
  [[nodiscard]] std::size_t size_of(const rooms& here, std::size_t list) const;

  static constexpr std::size_t end = std::numeric_limits<std::size_t>::max();

  shard& home_;
  std::vector<nsp_ptr> in_;
  selection_ptr who_;
  std::size_t space_ = 0;    // in `in_`
  std::size_t list_ = 0;     // of the rooms that are selected, or that of everybody
  std::size_t place_ = end;  // in the list: those from here on were looked at
  boost::unordered_flat_set<const socket_state*, std::hash<const socket_state*>, std::equal_to<>,
                            ledger::allocator<const socket_state*, ledger::purpose::worker>>
      found_;  // only where one could be met again
  bool may_meet_again_ = false;
};

}  // namespace encke::hub
