// SPDX-License-Identifier: MIT
// Session: one client, and the connection it came by. Connections are owned by the loop, sessions by the loop or, when
// they poll, by the table of ids. Plain data: the server's parts read and write them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace limit {

struct room;
struct session;

/// A client's place in a room.
struct membership {
  room* in = nullptr;
  std::uint32_t slot = 0;
};

struct connection {
  int fd = -1;
  bool websocket = false;
  bool last_answer = false;   ///< hang up when all is written
  bool over = false;          ///< closed and freed at the end of the turn
  std::uint32_t written = 0;  ///< of `out`
  session* client = nullptr;  ///< of a WebSocket, or whose GET waits for an answer
  std::string in, out;        ///< what was not read or written whole
};

/// A list of sessions in the order in which their time comes: everybody waits equally long.
struct waiting {
  waiting* previous = this;
  waiting* next = this;

  void take_out() {
    previous->next = next;
    next->previous = previous;
    previous = next = this;
  }
  void push_back(waiting& one) {
    one.previous = previous;
    one.next = this;
    previous->next = &one;
    previous = &one;
  }
};

struct session : waiting {
  std::int64_t due = 0;           ///< milliseconds: the next ping, or the end of waiting for a pong
  connection* carrier = nullptr;  ///< the WebSocket, or the connection whose GET waits
  bool polling = false;
  bool connected = false;  ///< to the namespace "/"
  bool over = false;
  std::uint32_t turn = 0, seen = 0;  ///< how much of that turn's messages it has
  std::array<membership, 2> rooms{};
  std::string user;
  std::string queue;          ///< polling: packets for the next GET
  std::array<char, 20> id{};  ///< polling: the key of the table
};

}  // namespace limit
