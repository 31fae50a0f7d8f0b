// SPDX-License-Identifier: MIT
// Weighing: which sockets and rooms hold the most, found by looking at all of them, on all workers.
#include <encke/nsp.hpp>
#include <encke/target.hpp>

#include <encke/largest.hpp>
#include <hub/ask.hpp>
#include <hub/client.hpp>
#include <hub/walk.hpp>

namespace encke {

namespace hub {

namespace {

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

// One worker's part.
struct weighing {
  walk way;
  heaviest_by by;
  std::move_only_function<void(infos)> done;
  largest<weighed, is_heavier> heaviest;

  // True when all were looked at.
  bool go_on() {
    std::vector<socket_ptr> next;
    const bool are_more = way.next(next);
    for (auto& one : next) {
      const auto value = measure(one->owner->link().weight(), by);
      heaviest.add({value, std::move(one)});
    }
    return !are_more;
  }

  void finish() {
    infos found;
    for (auto& [value, who] : heaviest.take())
      if (who->owner) found.push_back(socket{who}.info());
    done(std::move(found));
  }
};

void weigh(const std::shared_ptr<weighing>& work) {
  if (work->go_on()) return work->finish();
  work->way.home().post([work] { weigh(work); });
}

}  // namespace

}  // namespace hub

task<std::vector<socket_info>> target::heaviest(std::size_t limit, heaviest_by by) const {
  return find_heaviest(*this, limit, by);
}

task<std::vector<socket_info>> target::find_heaviest(target from, std::size_t limit, heaviest_by by) {
  auto& owner = from.nsp_->owner();
  hub::ask_part<hub::infos> part = [in = owner.meant_by(from.nsp_), who = from.who_, limit, by](hub::shard& one,
                                                                                                auto done) {
    hub::weigh(std::make_shared<hub::weighing>(hub::walk{one, in, who}, by, std::move(done),
                                               largest<hub::weighed, hub::is_heavier>{limit}));
  };
  auto parts = co_await hub::ask_all<hub::infos>(owner, std::move(part));
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
  const auto is_larger = [](const room_info& a, const room_info& b) { return a.bytes > b.bytes; };
  largest<room_info, decltype(is_larger)> all{limit, is_larger};
  for (auto& one : hub::sum_by_name(std::move(parts))) all.add(std::move(one));
  co_return all.take();
}

}  // namespace

task<std::vector<room_info>> nsp::largest_rooms(std::size_t limit) const {
  return find_largest_rooms(core_, limit);
}

}  // namespace encke
