// SPDX-License-Identifier: MIT
#include <base/release.hpp>
#include <net/outbox.hpp>

#include <algorithm>

namespace encke::net {

void outbox::push(hub::frame_ptr what) {
  bytes_ += what->size();
  frames_.push_back(std::move(what));
}

void outbox::push_first(hub::frame_ptr what) {
  bytes_ += what->size();
  const auto behind = first_ + (offset_ > 0 ? 1 : 0);
  frames_.insert(frames_.begin() + behind, std::move(what));
}

std::size_t outbox::gather(iovec* into, std::size_t most, wire_form form) {
  const std::size_t count = std::min(most, size());
  for (std::size_t i = 0; i < count; ++i) {
    auto& frame = frames_[first_ + i];
    if (frame->needs_recoding(form.rev, form.base64)) {
      bytes_ -= frame->size();
      frame = frame->recoded(form.rev, form.base64);
      bytes_ += frame->size();
    }
    auto bytes = frame->websocket_bytes();
    if (i == 0) bytes.remove_prefix(offset_);
    into[i] = {const_cast<char*>(bytes.data()), bytes.size()};  // iovec has no const; it is only read
  }
  return count;
}

void outbox::consume(std::size_t sent) {
  while (sent > 0) {
    auto& frame = frames_[first_];
    const std::size_t left = frame->size() - offset_;
    if (sent < left) {
      offset_ += static_cast<std::uint32_t>(sent);
      return;
    }
    sent -= left;
    bytes_ -= frame->size();
    frame.reset();
    offset_ = 0;
    ++first_;
  }
  if (empty()) return clear();
  if (first_ < frames_.size() / 2) return;
  frames_.erase(frames_.begin(), frames_.begin() + first_);
  first_ = 0;
}

outbox outbox::begun() const {
  outbox rest;
  if (offset_ == 0) return rest;
  rest.push(frames_[first_]);
  rest.offset_ = offset_;
  return rest;
}

void outbox::clear() {
  release(frames_);
  first_ = 0;
  offset_ = 0;
  bytes_ = 0;
}

}  // namespace encke::net
