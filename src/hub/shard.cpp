// SPDX-License-Identifier: MIT
#include <hub/client.hpp>
#include <hub/link.hpp>
#include <hub/shard.hpp>

namespace encke::hub {

namespace {

thread_local shard* shard_of_thread = nullptr;
constexpr std::size_t most_together = 256;  // frames to one selection

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
  if (has_pending() && (pending_in_ != nsp || pending_to_ != who || pending_.size() >= most_together)) queue_pending();
  if (!has_pending()) {
    pending_in_ = nsp;
    pending_to_ = who;
    env_.deliver_at_turn_end();
  }
  if (count) pending_counts_.push_back({pending_.size(), count});
  pending_.push_back(what);
}

void shard::queue_pending() {
  const auto nsp = std::exchange(pending_in_, nullptr);
  if (!pending_counts_.empty()) return queue_counted(rooms_of(*nsp));
  rooms_of(*nsp).for_each(pending_to_, [this](socket_state& socket) {
    if (!socket.owner) return;
    auto& link = socket.owner->link();
    for (const auto& what : pending_) link.send(what, pending_to_.lossy);
  });
  pending_.clear();
}

// As above, one by one.
void shard::queue_counted(rooms& in) {
  in.for_each(pending_to_, [this](socket_state& socket) {
    if (!socket.owner) return;
    auto next = pending_counts_.begin();
    for (std::size_t i = 0; i < pending_.size(); ++i) {
      const bool is_taken = socket.owner->link().send(pending_[i], pending_to_.lossy);
      if (next == pending_counts_.end() || next->number != i) continue;
      next->sockets += is_taken;
      ++next;
    }
  });
  pending_.clear();
  for (const auto& one : pending_counts_) one.count->add(one.sockets);
  pending_counts_.clear();
}

void shard::send(socket_state& to, const frame_ptr& what, bool lossy) {
  to.home.deliver_pending();
  if (to.owner) to.owner->link().send(what, lossy);
}

void shard::send(const socket_ptr& to, const socketio::packet_pieces& text, const arguments& list) {
  auto& home = to->home;
  if (!home.is_here() || !list.attachments().empty())
    return home.run([to, what = frame::make(text.all(), list.attachments())] { send(*to, what); });
  home.deliver_pending();
  if (to->owner) to->owner->link().send_text(text.all());
}

}  // namespace encke::hub
