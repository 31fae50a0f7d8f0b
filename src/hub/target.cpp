// SPDX-License-Identifier: MIT
// Targets: a selection of sockets, and what can be done with it on every worker.
#include <encke/target.hpp>

#include <boost/asio/dispatch.hpp>
#include <hub/ask.hpp>
#include <hub/client.hpp>
#include <hub/delivery_count.hpp>
#include <hub/weigh.hpp>

namespace encke {

target target::to(std::string_view room) const& {
  return target{*this}.to(room);
}
target target::to(std::string_view room) && {
  rooms_.emplace_back(room);
  return std::move(*this);
}

target target::except(std::string_view room) const& {
  return target{*this}.except(room);
}
target target::except(std::string_view room) && {
  except_.emplace_back(room);
  return std::move(*this);
}

target target::lossy() const {
  auto copy = *this;
  copy.flags_.lossy = true;
  return copy;
}

target target::latest(std::string_view key) const {
  auto copy = *this;
  copy.flags_.latest = key;
  return copy;
}

target target::counted(const delivered& by) const {
  auto copy = *this;
  copy.count_ = by.count_;
  return copy;
}

target target::compress(bool wanted) const {
  auto copy = *this;
  copy.flags_.compress = wanted;
  return copy;
}

timed_target target::timeout(std::chrono::milliseconds time) const {
  return {*this, time};
}

void target::send(std::string_view event, arguments list) const {
  hub::check_event_name(event);
  if (!nsp_->accepts) return send_in(nsp_, event, list);
  for (const auto& child : nsp_->owner().spaces().children_of(*nsp_)) send_in(child, event, list);
}

void target::send_in(const hub::nsp_ptr& nsp, std::string_view event, const arguments& list) const {
  hub::show_outgoing(*nsp, event, list, {}, rooms_);
  nsp->owner().broadcast(nsp, {rooms_, except_, flags_.lossy},
                         hub::encode_event(*nsp, rooms_, event, std::nullopt, list, flags_), count_);
}

// Acting on a copy of the selection: joining, leaving and disconnecting change what is walked.
void target::on_each(const std::function<void(hub::rooms&, hub::socket_state&)>& act) const {
  const auto in_each_of = [&](const hub::nsp_ptr& nsp) {
    const hub::selection who{rooms_, except_, false};
    nsp->owner().on_each_shard([who, act, nsp](hub::shard& one) {
      for (const auto& socket : one.in(*nsp).select(who)) act(one.in(*nsp), *socket);
    });
  };
  if (!nsp_->accepts) return in_each_of(nsp_);
  for (const auto& child : nsp_->owner().spaces().children_of(*nsp_)) in_each_of(child);
}

void target::join(std::string_view room) const {
  on_each([name = std::string{room}](hub::rooms& all, hub::socket_state& socket) { all.join(socket, name); });
}

void target::leave(std::string_view room) const {
  on_each([name = std::string{room}](hub::rooms& all, hub::socket_state& socket) { all.leave(socket, name); });
}

void target::disconnect(bool close) const {
  on_each([close](hub::rooms&, hub::socket_state& socket) {
    if (socket.owner) socket.owner->disconnect(socket, close);
  });
}

delivered::delivered() : count_{std::make_shared<hub::delivery_count>()} {}

// Goes on within the turn's end that completes the count, so that what follows leaves with the same turn.
task<std::size_t> delivered::total() const {
  namespace asio = boost::asio;
  return asio::async_initiate<const asio::use_awaitable_t<>&, void(std::size_t)>(
      [](auto handler, const hub::delivery_ptr& count) {
        const auto executor = asio::get_associated_executor(handler);
        std::move_only_function<void(std::size_t)> tell = [executor,
                                                           handler = std::move(handler)](std::size_t n) mutable {
          asio::dispatch(executor, [handler = std::move(handler), n]() mutable { std::move(handler)(n); });
        };
        if (const auto total = count->finish(tell))
          asio::post(executor, [tell = std::move(tell), n = *total]() mutable { tell(n); });
      },
      asio::use_awaitable, count_);
}

task<std::vector<socket_info>> target::fetch() const {
  return fetch_all(*this);
}

task<std::vector<socket_info>> target::fetch_all(target from) {
  using infos = std::vector<socket_info>;
  const hub::selection who{from.rooms_, from.except_, false};
  const auto nsp = from.nsp_;
  hub::ask_part<infos> part = [who, nsp](hub::shard& one, auto done) {
    infos found;
    one.in(*nsp).for_each(who, [&](hub::socket_state& state) { found.push_back(hub::info_of(state)); });
    done(std::move(found));
  };
  auto parts = co_await hub::ask_all<infos>(nsp->owner(), std::move(part));
  infos all;
  for (auto& one : parts) all.insert(all.end(), std::move_iterator{one.begin()}, std::move_iterator{one.end()});
  co_return all;
}

task<answers> timed_target::collect(target to, std::chrono::milliseconds timeout, std::string event, arguments list) {
  hub::check_event_name(event);
  const auto nsp = to.nsp_;
  const auto id = nsp->next_ack_id();
  hub::show_outgoing(*nsp, event, list, {}, to.rooms_);
  const auto what = hub::encode_event(*nsp, to.rooms_, event, id, list, to.flags_);
  const hub::selection who{to.rooms_, to.except_, false};
  hub::ask_part<hub::ack_outcome> part = [=](hub::shard& one, auto done) {
    one.pending().ask(*nsp, id, one.in(*nsp).select(who), what, timeout, std::move(done));
  };
  auto outcomes = co_await hub::ask_all<hub::ack_outcome>(nsp->owner(), std::move(part));
  answers all;
  for (auto& [part_of, timed_out, held] : outcomes) {
    all.received.insert(all.received.end(), std::move_iterator{part_of.received.begin()},
                        std::move_iterator{part_of.received.end()});
    all.missing.insert(all.missing.end(), std::move_iterator{part_of.missing.begin()},
                       std::move_iterator{part_of.missing.end()});
  }
  co_return all;
}

}  // namespace encke
