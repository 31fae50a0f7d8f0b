// SPDX-License-Identifier: MIT
#include <hub/client.hpp>
#include <hub/link.hpp>
#include <hub/shard.hpp>
#include <tuple>
#include <utility>

namespace encke::hub {

namespace {

thread_local shard* shard_of_thread = nullptr;

}  // namespace

void shard::set_current(shard* one) {
  shard_of_thread = one;
}
bool shard::is_here() const {
  return shard_of_thread == this || env_.is_here();
}

std::size_t shard::socket_count() const {
  std::size_t sum = 0;
  for (const auto& one : rooms_) sum += one.size();
  for (const auto& [index, one] : children_) sum += one->size();
  return sum;
}

rooms& shard::rooms_of_child(const nsp_core& nsp) {
  const auto found = children_.find(nsp.index());
  return found == children_.end() ? rooms_[owner_.spaces().nobody().index()] : *found->second;
}

void shard::add(socket_state& socket) {
  deliver_pending();
  if (!socket.nsp.is_child()) return rooms_of(socket.nsp).add(socket);
  auto& here = children_[socket.nsp.index()];
  if (!here) here = std::make_unique<child_rooms>();
  here->add(socket);
}

void shard::remove(socket_state& socket) {
  auto& here = in(socket.nsp);
  here.remove(socket);
  if (socket.nsp.is_child() && here.size() == 0) children_.erase(socket.nsp.index());
}

void shard::deliver(const nsp_ptr& nsp, const selection& who, const frame_ptr& what, const delivery_ptr& count) {
  if (!has_pending()) env_.deliver_at_turn_end();
  if (gathered_.add(rooms_of(*nsp), nsp, who, what, count)) return;
  queue_gathered();
  std::ignore = gathered_.add(rooms_of(*nsp), nsp, who, what, count);
}

void shard::queue_gathered() {
  const auto nsp = gathered_.nsp();
  gathered_.queue(rooms_of(*nsp), counted_);
}

void shard::end_turn() {
  deliver_pending();
  for (const auto& [count, sockets] : std::exchange(counted_, {})) count->add(sockets);
}

void shard::send(socket_state& to, const frame_ptr& what, bool lossy) {
  if (!to.home.gathered_.hurry(to)) to.home.deliver_pending();
  if (to.owner) to.owner->link().send(what, lossy);
}

void shard::send(const socket_ptr& to, const socketio::packet_pieces& text, const arguments& list) {
  auto& home = to->home;
  if (!home.is_here() || !list.attachments().empty())
    return home.run([to, what = frame::make(text.all(), list.attachments())] { send(*to, what); });
  if (!home.gathered_.hurry(*to)) home.deliver_pending();
  if (to->owner) to->owner->link().send_text(text.all());
}

}  // namespace encke::hub
