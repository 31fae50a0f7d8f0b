// SPDX-License-Identifier: MIT
#include <hub/client.hpp>
#include <hub/link.hpp>
#include <hub/shard.hpp>

namespace encke::hub {

namespace {

thread_local shard* shard_of_thread = nullptr;

}  // namespace

void shard::set_current(shard* one) {
  shard_of_thread = one;
}
shard* shard::current() {
  return shard_of_thread;
}

std::size_t shard::socket_count() const {
  std::size_t sum = 0;
  for (const auto& one : rooms_) sum += one.size();
  return sum;
}

void shard::deliver(nsp_core& nsp, const selection& who, const frame_ptr& what) {
  in(nsp).for_each(who, [&](socket_state& socket) { send(socket, what, who.lossy); });
}

void shard::send(socket_state& to, const frame_ptr& what, bool lossy) {
  if (to.owner) to.owner->link().send(what, lossy);
}

}  // namespace encke::hub
