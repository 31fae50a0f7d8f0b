// SPDX-License-Identifier: MIT
#include <net/flush_queue.hpp>

#include <base/prefetch.hpp>
#include <base/release.hpp>
#include <net/connection.hpp>

namespace encke::net {

namespace {

constexpr std::size_t most_prompt = 64;        // besides those who were heard
constexpr std::size_t between_two_looks = 16;  // at the clock
constexpr unsigned steps_ahead = 3;            // connection, its protocol, its session

void ask_for(const connection* one, unsigned step) {
  if (!one) return;
  step == 0 ? prefetch(one) : one->warm(step);
}

}  // namespace

void flush_queue::add(connection& one, bool was_heard) {
  using flushing = connection::flushing;
  if (one.flushed == flushing::at_once) return;
  if (one.flushed == flushing::later) {
    ++more_for_crowd_;
    if (!was_heard) return;
    leave_crowd(one);
  }
  if (was_heard || prompt_.size() < most_prompt) {
    one.flushed = flushing::at_once;
    one.flush_place = static_cast<place>(prompt_.size());
    return prompt_.push_back(&one);
  }
  one.flushed = flushing::later;
  one.flush_place = crowd_begin_ + static_cast<place>(crowd_.size());
  crowd_.push_back(&one);
  ++crowd_size_;
}

void flush_queue::leave_crowd(const connection& one) {
  crowd_[static_cast<place>(one.flush_place - crowd_begin_)] = nullptr;
  if (--crowd_size_ != 0) return;
  crowd_.clear();
  is_long_ = false;
}

void flush_queue::remove(connection& one) {
  switch (std::exchange(one.flushed, connection::flushing::no)) {
    case connection::flushing::no: return;
    case connection::flushing::at_once: prompt_[one.flush_place] = nullptr; return;
    case connection::flushing::later: return leave_crowd(one);
  }
}

void flush_queue::flush_prompt() {
  const auto ask = [this](std::size_t i, unsigned step) { ask_for(prompt_[i], step); };
  for (std::size_t i = 0; i < prompt_.size(); ++i) {
    if (prompt_.size() >= encke::crowd) look_ahead(i, prompt_.size(), steps_ahead, ask);
    auto* const one = prompt_[i];
    if (!one) continue;
    one->flushed = connection::flushing::no;
    one->flush();
  }
  prompt_.clear();
}

void flush_queue::flush_crowd(time_point until) {
  if (!is_long_) more_for_crowd_ = 0;
  const bool is_behind = more_for_crowd_ > crowd_size_;
  const auto ask = [this](std::size_t i, unsigned step) { ask_for(crowd_[i], step); };
  for (std::size_t n = 0; !crowd_.empty(); ++n) {
    if (!is_behind && n != 0 && n % between_two_looks == 0 && clock::now() >= until) break;
    look_ahead(0, crowd_.size(), steps_ahead, ask);
    auto* const one = crowd_.front();
    crowd_.pop_front();
    ++crowd_begin_;
    if (!one) continue;
    --crowd_size_;
    one->flushed = connection::flushing::no;
    one->flush();
  }
  is_long_ = crowd_size_ != 0;
}

void flush_queue::shrink() {
  release(prompt_);
  crowd_.shrink_to_fit();
}

}  // namespace encke::net
