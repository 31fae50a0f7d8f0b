// SPDX-License-Identifier: MIT
// What is kept for a socket: one client in one namespace. Owned by its client while connected, and by handles in user
// code. Everything but `id`, `nsp`, `home` and `is_connected` belongs to the worker of `home`.
#pragma once

#include <atomic>
#include <base/few.hpp>
#include <base/holder_count.hpp>
#include <base/short_text.hpp>
#include <cstdint>
#include <encke/ledger.hpp>
#include <encke/socket.hpp>
#include <hub/kept_handshake.hpp>
#include <memory>
#include <string_view>

namespace encke::hub {

class client;
class nsp_core;
class shard;
struct room;

/// A socket's place in a room; the room's member list points back.
struct membership {
  room* in;
  std::uint32_t place;
};

/// Ids of acks.
struct asked_list : ledger::charged<ledger::purpose::ack>, ledger::vector<std::uint32_t, ledger::purpose::ack> {};

struct socket_state : ledger::charged<ledger::purpose::socket> {
  enum class phase : std::uint8_t { pending, connected, gone };

  socket_state(std::string_view socket_id, nsp_core& in, shard& at, client& of);
  ~socket_state();
  socket_state(const socket_state&) = delete;
  socket_state& operator=(const socket_state&) = delete;

  const short_text<ledger::purpose::socket> id;
  nsp_core& nsp;
  shard& home;
  client* owner;                              // null once it has left
  handshake_ptr opened;                       // shared with the client's other sockets if equal
  std::unique_ptr<detail::data_holder> data;  // the user's own state
  static constexpr std::size_t rooms_in_place = 2;
  few<membership, rooms_in_place, ledger::purpose::room> rooms;
  std::unique_ptr<asked_list> asked;  // acks that are waited for; none if there are none
  std::uint64_t selected_by = 0;      // the last broadcast that saw it (shard's counter)
  std::uint32_t place = 0;            // in the list of the namespace's sockets here
  holder_count holders;               // its client and handles, on any thread
  std::atomic<phase> state{phase::pending};
  const bool is_in_child;  // `nsp` is held; otherwise it may be gone before a handle

  /// Bytes held for it, its places in rooms included.
  [[nodiscard]] std::size_t held() const;
  [[nodiscard]] bool is_connected() const { return state.load(std::memory_order_relaxed) == phase::connected; }
};

}  // namespace encke::hub
