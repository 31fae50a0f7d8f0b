// SPDX-License-Identifier: MIT
#include <net/slow_rules.hpp>

#include <algorithm>
#include <hub/slow_labels.hpp>
#include <limits>

namespace encke::net {

namespace {

constexpr auto all = std::numeric_limits<std::size_t>::max();

stamp milliseconds(std::chrono::milliseconds time) {
  return static_cast<stamp>(std::clamp<std::int64_t>(time.count(), 0, std::numeric_limits<std::int32_t>::max()));
}

// Whoever does not read loses its connection, rather than messages.
constexpr bool cuts(overflow policy) {
  switch (policy) {
    case overflow::close: return true;
    case overflow::drop_newest:
    case overflow::drop_oldest:
    case overflow::latest: return false;
  }
  return false;
}

// Answers and the like find a place where events do not.
std::size_t with_reserve(std::size_t limit) {
  return limit + limit / 4;
}

}  // namespace

std::string_view to_string(too_much what) noexcept {
  switch (what) {
    case too_much::nothing: break;
    case too_much::bytes: return "slow reader: too many bytes wait";
    case too_much::messages: return "slow reader: too many messages wait";
    case too_much::age: return "slow reader: a message has waited too long";
    case too_much::memory: return "slow reader: the server is short of memory";
    case too_much::unfinished: return "half a message: the server is short of memory";
    case too_much::unjoined: return "not joined: the server is short of memory";
  }
  return "";
}

slow_rules::slow_rules(const options& given) {
  rules_.push_back({overflow::close, with_reserve(given.outbox_bytes), with_reserve(given.outbox_messages), 0});
  rules_.push_back({given.overflow, given.outbox_bytes, given.outbox_messages, milliseconds(given.outbox_age)});
  for (const auto& one : given.slow_rules)
    rules_.push_back({one.policy, one.bytes != 0 ? one.bytes : given.outbox_bytes,
                      one.messages != 0 ? one.messages : given.outbox_messages, milliseconds(one.age)});
  rules_.push_back(rules_[hub::slow_labels::first_rule]);  // for events that name their key themselves
  rules_.back().policy = overflow::latest;
  least_bytes_ = std::ranges::min(rules_, {}, &rule::bytes).bytes;
  least_messages_ = std::ranges::min(rules_, {}, &rule::messages).messages;
  for (const auto& r : rules_) {
    if (r.age == 0) continue;
    if (cuts(r.policy))
      cuts_by_age_ = true;
    else
      least_age_ = least_age_ == 0 ? r.age : std::min(least_age_, r.age);
  }
}

too_much slow_rules::reached(const rule& r, const outbox& queue, std::size_t size) {
  if (queue.empty()) return too_much::nothing;
  if (queue.bytes() + size > r.bytes) return too_much::bytes;
  return queue.size() >= r.messages ? too_much::messages : too_much::nothing;
}

slow_rules::outcome slow_rules::make_room(outbox& queue, hub::label as, std::size_t size, stamp now) const {
  outcome made;
  if (queue.empty()) return made;
  const auto& holds = rules_[as.rule];
  const auto is_full = [&] { return reached(holds, queue, size) != too_much::nothing; };
  switch (holds.policy) {
    case overflow::close:
      made.cut = reached(holds, queue, size);
      if (made.cut == too_much::nothing && holds.age != 0 && now - queue.oldest() > holds.age) made.cut = too_much::age;
      made.fits = made.cut == too_much::nothing;
      return made;
    case overflow::drop_newest:
      if (is_full()) made.expired = expire(queue, now);
      break;
    case overflow::drop_oldest:
      if (is_full()) made.expired = expire(queue, now);
      if (is_full()) made.oldest = drop_oldest(queue, as, size);
      break;
    case overflow::latest:
      made.replaced = replace(queue, as);
      if (is_full()) made.expired = expire(queue, now);
      if (is_full()) made.oldest = drop_oldest(queue, as, size);
      break;
  }
  made.fits = !is_full();
  return made;
}

std::size_t slow_rules::replace(outbox& queue, hub::label as) {
  using pick = outbox::pick;
  if (as.key.empty()) return 0;
  return queue.take_out(1, [as](const hub::frame& one, stamp) {
    const auto its = one.labelled();
    return its.rule == as.rule && its.key == as.key ? pick::take_out : pick::keep;
  });
}

std::size_t slow_rules::drop_oldest(outbox& queue, hub::label as, std::size_t size) const {
  using pick = outbox::pick;
  return queue.take_out(all, [&](const hub::frame& one, stamp) {
    if (reached(rules_[as.rule], queue, size) == too_much::nothing) return pick::stop;
    return one.labelled().rule == as.rule ? pick::take_out : pick::keep;
  });
}

bool slow_rules::is_stale(const hub::frame& one, stamp since, stamp now) const {
  const auto& its = rules_[one.labelled().rule];
  return its.age != 0 && !cuts(its.policy) && now - since > its.age;
}

std::size_t slow_rules::expire(outbox& queue, stamp now) const {
  if (!has_ages()) return 0;
  return queue.take_out(all, [&](const hub::frame& one, stamp since) {
    if (now - since <= least_age_) return outbox::pick::stop;
    return is_stale(one, since, now) ? outbox::pick::take_out : outbox::pick::keep;
  });
}

}  // namespace encke::net
