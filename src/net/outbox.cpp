// SPDX-License-Identifier: MIT
#include <net/outbox.hpp>

#include <algorithm>

namespace encke::net {

namespace {

constexpr std::size_t usual_rest = 15;  // frames

// The bytes of a frame as this session's WebSocket wants them.
std::string_view in_form(hub::frame_ptr& frame, wire_form form) {
  if (frame->needs_recoding(form.rev, form.base64)) frame = frame->recoded(form.rev, form.base64);
  if (form.deflate) frame = frame->deflated(*form.deflate);
  return frame->websocket_bytes();
}

iovec piece_of(std::string_view bytes) {
  return {const_cast<char*>(bytes.data()), bytes.size()};  // iovec has no const; it is only read
}

}  // namespace

outbox::rest& outbox::behind() {
  if (!rest_) {
    rest_ = std::make_unique<rest>();
    rest_->frames.reserve(usual_rest);
  }
  return *rest_;
}

void outbox::push(hub::frame_ptr what) {
  if (!first_) {
    first_ = std::move(what);
    return;
  }
  auto& others = behind();
  others.bytes += what->size();
  others.frames.push_back(std::move(what));
}

void outbox::push_first(hub::frame_ptr what) {
  if (first_ && offset_ == 0) std::swap(first_, what);
  if (!first_ || (rest_ == nullptr)) return push(std::move(what));
  rest_->bytes += what->size();
  rest_->frames.insert(rest_->frames.begin() + static_cast<std::ptrdiff_t>(rest_->next), std::move(what));
}

std::size_t outbox::size() const {
  return (first_ ? 1 : 0) + (rest_ ? rest_->frames.size() - rest_->next : 0);
}

std::size_t outbox::bytes() const {
  return (first_ ? first_->size() : 0) + (rest_ ? rest_->bytes : 0);
}

std::size_t outbox::gather(iovec* into, std::size_t most, wire_form form) {
  if (!first_ || most == 0) return 0;
  auto bytes = in_form(first_, form);
  bytes.remove_prefix(offset_);
  *into = piece_of(bytes);
  if (!rest_) return 1;
  const auto count = std::min(most, size());
  for (std::size_t i = 1; i < count; ++i) {
    auto& frame = rest_->frames[rest_->next + i - 1];
    rest_->bytes -= frame->size();
    into[i] = piece_of(in_form(frame, form));
    rest_->bytes += frame->size();
  }
  return count;
}

void outbox::consume(std::size_t sent) {
  while (sent > 0) {
    const std::size_t left = first_->size() - offset_;
    if (sent < left) {
      offset_ += static_cast<std::uint32_t>(sent);
      return;
    }
    sent -= left;
    advance();
  }
}

void outbox::advance() {
  first_.reset();
  offset_ = 0;
  if (!rest_) return;
  auto& [frames, next, bytes] = *rest_;
  first_ = std::move(frames[next++]);
  bytes -= first_->size();
  if (next == frames.size()) return rest_.reset();
  if (next < frames.size() / 2) return;
  frames.erase(frames.begin(), frames.begin() + static_cast<std::ptrdiff_t>(next));
  next = 0;
}

outbox outbox::begun() const {
  outbox cut;
  if (offset_ == 0) return cut;
  cut.first_ = first_;
  cut.offset_ = offset_;
  return cut;
}

void outbox::clear() {
  first_.reset();
  rest_.reset();
  offset_ = 0;
}

}  // namespace encke::net
