// SPDX-License-Identifier: MIT
// The hierarchical wheel behind timer_wheel.hpp. A slot of level L stands for 64^L ticks; when time reaches it, its
// entries are placed again, one level down or more, until they reach `expired_`. A bit per slot lets `advance` jump
// from one used slot to the next. Entries unlink themselves without telling, so a set bit may stand for an empty slot.
#include "base/timer_wheel.hpp"

#include <algorithm>
#include <bit>
#include <encke/ledger.hpp>

namespace encke {
namespace {

constexpr unsigned bits_per_level = 6;

constexpr unsigned shift_of(std::size_t level) {
  return static_cast<unsigned>(level) * bits_per_level;
}

}  // namespace

void timer_wheel::entry::unlink() noexcept {
  if (next_ == nullptr) return;
  previous_->next_ = next_;
  next_->previous_ = previous_;
  next_ = previous_ = nullptr;
}

// A head is its own neighbour in the end, and was never charged.
void timer_wheel::entry::disarm() noexcept {
  if (next_ == nullptr || next_ == this) return;
  unlink();
  ledger::remove(ledger::purpose::timer, 0);
}

void timer_wheel::entry::make_head() noexcept {
  next_ = previous_ = this;
}

bool timer_wheel::entry::is_lonely() const noexcept {
  return next_ == this;
}

void timer_wheel::entry::push_back(entry& e) noexcept {
  e.next_ = this;
  e.previous_ = previous_;
  previous_->next_ = &e;
  previous_ = &e;
}

void timer_wheel::entry::take_all(entry& other) noexcept {
  if (other.is_lonely()) return;
  other.next_->previous_ = previous_;
  previous_->next_ = other.next_;
  other.previous_->next_ = this;
  previous_ = other.previous_;
  other.make_head();
}

timer_wheel::timer_wheel(time_point now, clock::duration tick) : tick_{tick}, start_{now}, now_{now} {
  for (auto& level : wheel_)
    for (auto& head : level) head.make_head();
  expired_.make_head();
}

timer_wheel::~timer_wheel() {
  for (auto& level : wheel_)
    for (auto& head : level)
      while (!head.is_lonely()) head.next_->disarm();
  while (!expired_.is_lonely()) expired_.next_->disarm();
}

void timer_wheel::arm(entry& e, time_point deadline) noexcept {
  if (e.is_armed())
    e.unlink();
  else
    ledger::add(ledger::purpose::timer, 0);  // its bytes are part of the object it is in
  e.deadline_ = deadline;
  place(e);
}

void timer_wheel::cancel(entry& e) noexcept {
  e.disarm();
}

void timer_wheel::place(entry& e) noexcept {
  if (e.deadline_ <= now_) return expired_.push_back(e);
  const auto wait = e.deadline_ - start_;
  const auto due = static_cast<std::uint64_t>(wait / tick_) + (wait % tick_ == clock::duration::zero() ? 0 : 1);
  if (due <= done_) return expired_.push_back(e);

  constexpr std::uint64_t reach = std::uint64_t{1} << shift_of(levels);
  const std::uint64_t when = std::min(due, done_ + reach - 1);
  std::size_t level = 0;
  while (when - done_ >= std::uint64_t{slots} << shift_of(level)) ++level;
  const std::size_t slot = when >> shift_of(level) & (slots - 1);
  wheel_[level][slot].push_back(e);
  used_[level] |= std::uint64_t{1} << slot;
}

std::uint64_t timer_wheel::next_used_tick() const noexcept {
  std::uint64_t next = UINT64_MAX;
  for (std::size_t level = 0; level < levels; ++level) {
    if (used_[level] == 0) continue;
    // The slot time is in was emptied when time entered it, so what it holds now is a whole turn away.
    const std::uint64_t current = done_ >> shift_of(level);
    const auto turned = std::rotr(used_[level], static_cast<int>((current + 1) & (slots - 1)));
    const auto distance = static_cast<std::uint64_t>(std::countr_zero(turned)) + 1;
    next = std::min(next, (current + distance) << shift_of(level));
  }
  return next;
}

void timer_wheel::enter_tick(std::uint64_t tick) noexcept {
  done_ = tick;
  entry due;
  due.make_head();
  for (std::size_t level = 0; level < levels; ++level) {
    if ((tick & ((std::uint64_t{1} << shift_of(level)) - 1)) != 0) break;
    const std::size_t slot = tick >> shift_of(level) & (slots - 1);
    used_[level] &= ~(std::uint64_t{1} << slot);
    due.take_all(wheel_[level][slot]);
  }
  while (!due.is_lonely()) {
    entry& e = *due.next_;
    e.unlink();
    place(e);
  }
}

timer_wheel::entry* timer_wheel::advance(time_point now) noexcept {
  now_ = std::max(now_, now);
  const auto target = static_cast<std::uint64_t>((now_ - start_) / tick_);
  while (expired_.is_lonely() && done_ < target) {
    const std::uint64_t next = next_used_tick();
    if (next > target) {
      done_ = target;
    } else {
      enter_tick(next);
    }
  }
  if (expired_.is_lonely()) return nullptr;
  entry* e = expired_.next_;
  e->disarm();
  return e;
}

bool timer_wheel::empty() const noexcept {
  if (!expired_.is_lonely()) return false;
  for (std::size_t level = 0; level < levels; ++level)
    for (std::uint64_t rest = used_[level]; rest != 0; rest &= rest - 1)
      if (!wheel_[level][static_cast<std::size_t>(std::countr_zero(rest))].is_lonely()) return false;
  return true;
}

}  // namespace encke
