// SPDX-License-Identifier: MIT
// Weighing: which sockets and rooms hold the most, found by looking at all of them, on all workers.
#include <encke/nsp.hpp>
#include <encke/target.hpp>

#include <base/largest.hpp>
#include <hub/ask.hpp>
#include <hub/client.hpp>
#include <hub/weigh.hpp>
#include <map>

namespace encke {

namespace hub {

socket_info info_of(socket_state& state) {
  const socket handle{socket_ptr{&state}};
  const auto& link = state.owner->link();
  const auto facts = link.facts();
  return {handle,          std::string{handle.id()}, handle.rooms(), facts.address,
          facts.transport, facts.protocol,           facts.secure,   facts.opened,
          link.weight()};
}

namespace {

constexpr std::size_t at_once = 1024;  // sockets, before others get their turn

std::uint64_t measure(const weight& of, heaviest_by by) {
  switch (by) {
    case heaviest_by::bytes: return of.bytes;
    case heaviest_by::queued: return of.queued_bytes;
    case heaviest_by::waiting: return static_cast<std::uint64_t>(of.waiting.count());
  }
  return 0;
}

struct weighed {
  std::uint64_t value;
  socket_ptr who;
};
struct is_heavier {
  bool operator()(const weighed& a, const weighed& b) const { return a.value > b.value; }
};

using infos = std::vector<socket_info>;

// One worker's part: sockets by their numbers, or those that a selection has found.
struct weighing {
  shard& home;
  const nsp_ptr nsp_held;
  nsp_core& nsp = *nsp_held;
  heaviest_by by;
  std::vector<socket_ptr> selected;
  bool everybody;
  std::move_only_function<void(infos)> done;
  largest<weighed, is_heavier> heaviest;
  std::size_t next = 0;

  [[nodiscard]] std::size_t count() { return everybody ? home.in(nsp).size() : selected.size(); }
  [[nodiscard]] socket_ptr at(std::size_t i) { return everybody ? socket_ptr{&home.in(nsp).at(i)} : selected[i]; }

  // True when all were looked at.
  bool go_on() {
    for (const auto end = next + at_once; next < end; ++next) {
      if (next >= count()) return true;
      auto one = at(next);
      if (!one->owner) continue;
      const auto value = measure(one->owner->link().weight(), by);
      heaviest.add({value, std::move(one)});
    }
    return false;
  }

  void finish() {
    infos found;
    for (const auto& [value, who] : heaviest.take())
      if (who->owner) found.push_back(info_of(*who));
    done(std::move(found));
  }
};

void weigh(const std::shared_ptr<weighing>& work) {
  if (work->go_on()) return work->finish();
  work->home.post([work] { weigh(work); });
}

}  // namespace

}  // namespace hub

task<std::vector<socket_info>> target::heaviest(std::size_t limit, heaviest_by by) const {
  return find_heaviest(*this, limit, by);
}

task<std::vector<socket_info>> target::find_heaviest(target from, std::size_t limit, heaviest_by by) {
  const hub::selection who{from.rooms_, from.except_, false};
  const auto nsp = from.nsp_;
  hub::ask_part<hub::infos> part = [who, nsp, limit, by](hub::shard& one, auto done) {
    const bool everybody = who.rooms.empty() && who.except.empty();
    hub::weigh(std::make_shared<hub::weighing>(
        one, nsp, *nsp, by, everybody ? std::vector<hub::socket_ptr>{} : one.in(*nsp).select(who), everybody,
        std::move(done), largest<hub::weighed, hub::is_heavier>{limit}));
  };
  auto parts = co_await hub::ask_all<hub::infos>(nsp->owner(), std::move(part));
  const auto is_heavier = [by](const socket_info& a, const socket_info& b) {
    return hub::measure(a.weight, by) > hub::measure(b.weight, by);
  };
  largest<socket_info, decltype(is_heavier)> all{limit, is_heavier};
  for (auto& found : parts)
    for (auto& one : found) all.add(std::move(one));
  co_return all.take();
}

namespace {

// A room may have members on several workers; one that is large on none of them may be missed.
task<std::vector<room_info>> find_largest_rooms(hub::nsp_core& nsp, std::size_t limit) {
  using infos = std::vector<room_info>;
  hub::ask_part<infos> part = [&nsp, limit](hub::shard& one, auto done) { done(one.in(nsp).largest(limit)); };
  auto parts = co_await hub::ask_all<infos>(nsp.owner(), std::move(part));
  std::map<std::string, room_info> by_name;
  for (auto& rooms : parts)
    for (auto& room : rooms) {
      auto& sum = by_name[room.name];
      sum.size += room.size;
      sum.bytes += room.bytes;
    }
  const auto is_larger = [](const room_info& a, const room_info& b) { return a.bytes > b.bytes; };
  largest<room_info, decltype(is_larger)> all{limit, is_larger};
  for (auto& [name, sum] : by_name) all.add({name, sum.size, sum.bytes});
  co_return all.take();
}

}  // namespace

task<std::vector<room_info>> nsp::largest_rooms(std::size_t limit) const {
  return find_largest_rooms(core_, limit);
}

}  // namespace encke
