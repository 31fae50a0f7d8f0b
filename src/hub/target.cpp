// SPDX-License-Identifier: MIT
// Targets: a selection of sockets, and what can be done with it on every worker.
#include <encke/target.hpp>

#include <boost/asio/dispatch.hpp>
#include <hub/ask.hpp>
#include <hub/collect.hpp>
#include <hub/delivery_count.hpp>
#include <hub/operation.hpp>

namespace encke {

hub::selection target::selected() const {
  return hub::selected(who_);
}

void target::select(hub::selection who) {
  who_ = std::make_shared<const hub::selection>(std::move(who));
}

target target::to(std::string_view room) const& {
  return target{*this}.to(room);
}
target target::to(std::string_view room) && {
  auto who = selected();
  who.rooms.emplace_back(room);
  select(std::move(who));
  return std::move(*this);
}

target target::except(std::string_view room) const& {
  return target{*this}.except(room);
}
target target::except(std::string_view room) && {
  auto who = selected();
  who.except.emplace_back(room);
  select(std::move(who));
  return std::move(*this);
}

target target::lossy() const {
  auto copy = *this;
  copy.flags_.lossy = true;
  auto who = selected();
  who.lossy = true;
  copy.select(std::move(who));
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
  nsp_->owner().perform(hub::operation{nsp_, who_, hub::emission{std::string{event}, std::move(list), flags_}}, count_);
}

void target::join(std::string_view room) const {
  nsp_->owner().perform(hub::operation{nsp_, who_, hub::joining{std::string{room}}});
}

void target::leave(std::string_view room) const {
  nsp_->owner().perform(hub::operation{nsp_, who_, hub::leaving{std::string{room}}});
}

void target::disconnect(bool close) const {
  nsp_->owner().perform(hub::operation{nsp_, who_, hub::disconnecting{close}});
}

task<std::vector<socket_info>> target::fetch() const {
  return nsp_->owner().perform(hub::listing{nsp_, who_});
}

task<answers> timed_target::send(std::string_view event, arguments list) const {
  return target_.nsp_->owner().perform(
      hub::asking{target_.nsp_, target_.who_, {std::string{event}, std::move(list), target_.flags_}, timeout_});
}

task<detail::harvests> target::harvest(std::size_t limit, detail::harvest_maker make) const {
  return hub::harvest_all(nsp_->owner(), nsp_, who_, limit, std::move(make));
}

task<std::size_t> target::count() const {
  return hub::count_all(nsp_->owner(), nsp_, who_);
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

}  // namespace encke
