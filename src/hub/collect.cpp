// SPDX-License-Identifier: MIT
#include <hub/collect.hpp>

#include <hub/ask.hpp>
#include <hub/dispatch.hpp>
#include <hub/walk.hpp>

namespace encke {

namespace hub {

namespace {

struct harvesting {
  walk way;
  std::size_t limit;
  std::unique_ptr<detail::harvest> found;
  std::move_only_function<void(std::unique_ptr<detail::harvest>)> done;

  // True when all were looked at, or enough. The function that looks may do anything to the sockets, so these are held.
  bool go_on() {
    std::vector<socket_ptr> next;
    const bool are_more = limit != 0 && way.next(next);
    for (auto& one : next) {
      if (limit == 0) return true;
      if (!one->owner) continue;
      const socket handle{std::move(one)};
      guarded(handle, "collect", [&] { limit -= found->look(handle) ? 1 : 0; });
    }
    return !are_more;
  }
};

void go_on(const std::shared_ptr<harvesting>& work) {
  if (work->go_on()) return work->done(std::move(work->found));
  work->way.home().post([work] { go_on(work); });
}

struct counting {
  walk way;
  std::move_only_function<void(std::size_t)> done;
  std::size_t sum = 0;
};

void go_on(const std::shared_ptr<counting>& work) {
  std::vector<socket_ptr> next;
  const bool are_more = work->way.next(next);
  work->sum += next.size();
  if (!are_more) return work->done(work->sum);
  work->way.home().post([work] { go_on(work); });
}

using harvest_ptr = std::unique_ptr<detail::harvest>;

}  // namespace

task<detail::harvests> harvest_all(core& owner, const nsp_ptr& nsp, selection_ptr who, std::size_t limit,
                                   detail::harvest_maker make) {
  ask_part<harvest_ptr> part = [in = owner.meant_by(nsp), who, limit, make](shard& home, auto done) {
    go_on(std::make_shared<harvesting>(walk{home, in, who}, limit, make(), std::move(done)));
  };
  return ask_all<harvest_ptr>(owner, std::move(part));
}

}  // namespace hub

namespace {

task<std::size_t> sum_of(task<std::vector<std::size_t>> asking) {
  const auto parts = co_await std::move(asking);
  std::size_t sum = 0;
  for (const auto one : parts) sum += one;
  co_return sum;
}

}  // namespace

task<std::size_t> hub::count_all(core& owner, const nsp_ptr& nsp, selection_ptr who) {
  ask_part<std::size_t> part = [in = owner.meant_by(nsp), who](shard& home, auto done) {
    walk way{home, in, who};
    if (const auto size = way.size()) return done(*size);
    go_on(std::make_shared<counting>(std::move(way), std::move(done)));
  };
  return sum_of(ask_all<std::size_t>(owner, std::move(part)));
}

}  // namespace encke
