// SPDX-License-Identifier: MIT
#include <hub/gathered_broadcasts.hpp>

#include <algorithm>
#include <functional>
#include <hub/client.hpp>
#include <span>

namespace encke::hub {

namespace {

constexpr std::size_t most_together = 256;  // messages
constexpr std::size_t most_hurried = 64;    // sockets

}  // namespace

bool gathered_broadcasts::add(rooms& here, const nsp_ptr& nsp, const selection& who, const frame_ptr& what,
                              const delivery_ptr& count) {
  const bool leaves_out_one = who.except.size() == 1 && !here.has(who.except.front());
  if (!empty() && !goes_with(nsp, who, leaves_out_one)) return false;
  if (empty()) {
    nsp_ = nsp;
    to_ = {who.rooms, leaves_out_one ? std::vector<std::string>{} : who.except, who.lossy};
    left_out_id_.clear();
    left_out_ = nullptr;
  }
  if (leaves_out_one && left_out_id_ != who.except.front()) {
    left_out_id_ = who.except.front();
    left_out_ = here.find(left_out_id_);
  }
  waiting_.push_back({what, leaves_out_one ? left_out_ : nullptr, count, 0});
  return true;
}

bool gathered_broadcasts::goes_with(const nsp_ptr& nsp, const selection& who, bool leaves_out_one) const {
  if (nsp_ != nsp || to_.lossy != who.lossy || waiting_.size() >= most_together) return false;
  return to_.rooms == who.rooms && (leaves_out_one ? to_.except.empty() : to_.except == who.except);
}

bool gathered_broadcasts::hurry(socket_state& one) {
  if (&one.nsp != nsp_.get()) return true;
  auto known = std::ranges::find(hurried_, &one, &hurried::who);
  const std::size_t from = known == hurried_.end() ? 0 : known->messages;
  const auto is_for_others = [&one](const message& m) { return m.left_out == &one; };
  if (std::ranges::all_of(std::span{waiting_}.subspan(from), is_for_others) || !is_selected(one)) return true;
  if (known == hurried_.end() && hurried_.size() == most_hurried) return false;
  send(one, from);
  if (known == hurried_.end()) known = hurried_.insert(known, {&one, 0});
  known->messages = waiting_.size();
  return true;
}

bool gathered_broadcasts::is_selected(const socket_state& one) const {
  const auto has_it = [&one](const std::string& name) { return rooms::is_named(one, name); };
  if (!one.is_connected() || std::ranges::any_of(to_.except, has_it)) return false;
  return to_.rooms.empty() || std::ranges::any_of(to_.rooms, has_it);
}

void gathered_broadcasts::send(socket_state& to, std::size_t from) {
  if (!to.owner) return;
  auto& link = to.owner->link();
  for (auto i = from; i < waiting_.size(); ++i) {
    auto& one = waiting_[i];
    if (one.left_out != &to) one.sockets += link.send(one.what, to_.lossy);
  }
}

void gathered_broadcasts::queue(rooms& here, counts& counted) {
  std::ranges::sort(hurried_, std::less<>{}, &hurried::who);
  here.for_each(to_, [this](socket_state& socket) {
    const auto known = std::ranges::lower_bound(hurried_, &socket, std::less<>{}, &hurried::who);
    send(socket, known != hurried_.end() && known->who == &socket ? known->messages : 0);
  });
  for (auto& one : waiting_)
    if (one.count) counted.emplace_back(std::move(one.count), one.sockets);
  waiting_.clear();
  hurried_.clear();
  nsp_ = nullptr;
}

}  // namespace encke::hub
