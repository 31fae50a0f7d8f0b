// SPDX-License-Identifier: MIT
// Carrying out operations: here and on the other workers, in each namespace that is meant.
#include <hub/operation.hpp>

#include <hub/ask.hpp>
#include <hub/client.hpp>
#include <hub/collect.hpp>
#include <limits>

namespace encke {

namespace hub {

namespace {

template <class... Each>
struct overloaded : Each... {
  using Each::operator()...;
};

void act(rooms& all, socket_state& one, const joining& what) {
  all.join(one, what.room);
}
void act(rooms& all, socket_state& one, const leaving& what) {
  all.leave(one, what.room);
}
void act(rooms&, socket_state& one, const disconnecting& what) {
  if (one.owner) one.owner->disconnect(one, what.close);
}

// On a copy of the selection: what is walked is changed.
template <class What>
void act_on_each(core& owner, const operation& done, What what) {
  struct shared {
    std::vector<nsp_ptr> in;
    selection_ptr who;
    What what;
  };
  const auto all = std::make_shared<const shared>(owner.meant_by(done.nsp), done.who, std::move(what));
  for (auto* shard : owner.shards())
    shard->run([shard, all] {
      for (const auto& nsp : all->in)
        for (const auto& socket : shard->in(*nsp).select(selected(all->who))) act(shard->in(*nsp), *socket, all->what);
    });
}

// The packet of a question in one namespace.
struct sent_question {
  nsp_ptr nsp;
  std::uint32_t id;
  frame_ptr what;
};
using outcomes = std::vector<ack_outcome>;

// On one worker, in each namespace.
void ask(shard& home, const std::vector<sent_question>& all, const selection& who, std::chrono::milliseconds timeout,
         std::move_only_function<void(outcomes)> done) {
  struct gathering {
    std::size_t missing;
    outcomes found;
    std::move_only_function<void(outcomes)> done;
  };
  if (all.empty()) return done({});
  const auto gathered = std::make_shared<gathering>(all.size(), outcomes{}, std::move(done));
  for (const auto& [nsp, id, what] : all)
    home.pending().ask(*nsp, id, home.in(*nsp).select(who), what, timeout, [gathered](ack_outcome one) {
      gathered->found.push_back(std::move(one));
      if (--gathered->missing == 0) gathered->done(std::move(gathered->found));
    });
}

}  // namespace

}  // namespace hub

namespace {

template <class T>
void move_behind(std::vector<T>& to, std::vector<T>& from) {
  to.insert(to.end(), std::move_iterator{from.begin()}, std::move_iterator{from.end()});
}

task<answers> ask_sockets(hub::core& owner, hub::asking one) {
  hub::check_event_name(one.what.event);
  const auto sent = std::make_shared<std::vector<hub::sent_question>>();
  for (const auto& nsp : owner.meant_by(one.nsp)) {
    const auto id = nsp->next_ack_id();
    sent->push_back({nsp, id, hub::encode_emission(*nsp, one.who, id, one.what)});
  }
  hub::ask_part<hub::outcomes> part = [sent, who = one.who, timeout = one.timeout](hub::shard& home, auto done) {
    hub::ask(home, *sent, hub::selected(who), timeout, std::move(done));
  };
  auto parts = co_await hub::ask_all<hub::outcomes>(owner, std::move(part));
  answers all;
  for (auto& of_worker : parts)
    for (auto& [found, timed_out, held] : of_worker) {
      move_behind(all.received, found.received);
      move_behind(all.missing, found.missing);
    }
  co_return all;
}

task<std::vector<socket_info>> list_sockets(hub::core& owner, hub::listing one) {
  using look = decltype(&socket::info);
  using harvest = detail::harvest_of<socket_info, look>;
  const auto by = std::make_shared<const look>(&socket::info);
  detail::harvest_maker make = [by] { return std::make_unique<harvest>(by); };
  const auto everyone = std::numeric_limits<std::size_t>::max();
  auto parts = co_await hub::harvest_all(owner, one.nsp, std::move(one.who), everyone, std::move(make));
  std::vector<socket_info> all;
  for (auto& part : parts) move_behind(all, static_cast<harvest&>(*part).values);
  co_return all;
}

}  // namespace

namespace hub {

const selection& selected(const selection_ptr& who) {
  static const selection everybody;
  return who ? *who : everybody;
}

std::vector<nsp_ptr> core::meant_by(const nsp_ptr& nsp) {
  if (nsp->accepts) return spaces_.children_of(*nsp);
  return {nsp};
}

void core::perform(operation one, const delivery_ptr& count) {
  const auto send_in = [&](const nsp_ptr& nsp, const emission& event) {
    broadcast(nsp, one.who, encode_emission(*nsp, one.who, std::nullopt, event), count);
  };
  const overloaded each{[&](emission& event) {
                          check_event_name(event.event);
                          if (!one.nsp->accepts) return send_in(one.nsp, event);
                          for (const auto& child : spaces_.children_of(*one.nsp)) send_in(child, event);
                        },
                        [&](auto& what) { act_on_each(*this, one, std::move(what)); }};
  std::visit(each, one.what);
}

task<answers> core::perform(asking one) {
  return ask_sockets(*this, std::move(one));
}

task<std::vector<socket_info>> core::perform(listing one) {
  return list_sockets(*this, std::move(one));
}

}  // namespace hub

}  // namespace encke
