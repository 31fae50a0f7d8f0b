// SPDX-License-Identifier: MIT
// Turn: who is in which room, and what was sent to rooms in this turn of the loop. A message is framed once, into one
// text for the whole turn; at the end of the turn each member is given its part of that text in one piece, so that a
// burst costs one write for each member. Used by the server; knows no connection.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "session.hpp"

namespace limit {

inline constexpr std::uint32_t none = UINT32_MAX;

struct room {
  std::string_view name;
  std::vector<session*> members;
  std::uint32_t first = none, last = none;  ///< its pieces of this turn
};

class turn {
 public:
  void join(session&, std::string_view room_name, std::size_t place);
  /// Out of both rooms.
  void leave(session&);

  [[nodiscard]] room* find(std::string_view name);

  /// Where a frame for a room is to be appended. Then call `sent`.
  [[nodiscard]] std::string& text() { return text_; }
  /// What was appended to `text()` goes to this room.
  void sent(room&);

  /// True if rooms of this client were sent something that it was not given yet.
  [[nodiscard]] bool has_news(const session&) const;
  /// What it was not given yet; from now on it was. The view lives until the next call of anything here.
  [[nodiscard]] std::string_view news_of(session&);

  /// Gives each member of each room its news, and begins the next turn. `deliver` may not join, leave or send.
  template <class Deliver>
  void end(Deliver&& deliver);

 private:
  struct piece {
    std::uint32_t begin, end, next;
  };
  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  [[nodiscard]] std::uint32_t seen_by(const session& one) const { return one.turn == number_ ? one.seen : 0; }
  void mark(session&);
  void take_out(membership&);
  void begin_next();

  std::unordered_map<std::string, room, hash, std::equal_to<>> rooms_;
  std::vector<room*> touched_;
  std::vector<piece> pieces_;
  std::string text_, gathered_;
  std::uint32_t number_ = 1;
};

template <class Deliver>
void turn::end(Deliver&& deliver) {
  if (touched_.empty()) return;
  for (const auto* one : touched_) {
    for (auto* member : one->members)
      if (has_news(*member)) deliver(*member, news_of(*member));
  }
  begin_next();
}

}  // namespace limit
