// SPDX-License-Identifier: MIT
#include <net/outbox.hpp>

#include <algorithm>

namespace encke::net {

namespace {

constexpr std::size_t usual_rest = 15;   // frames
constexpr std::size_t usual_run = 1024;  // bytes
constexpr std::size_t longest_run = 16 * 1024;

// The bytes of a frame as this session's WebSocket wants them.
std::string_view in_form(hub::frame_ptr& frame, wire_form form) {
  if (frame->needs_recoding(form.rev, form.base64))
    frame = frame->recoded(form.rev, form.base64, form.deflate, form.window_bits);
  else if (form.deflate)
    frame = frame->deflated(*form.deflate, form.window_bits);
  return frame->websocket_bytes();
}

iovec piece_of(std::string_view bytes) {
  return {const_cast<char*>(bytes.data()), bytes.size()};  // iovec has no const; it is only read
}

}  // namespace

outbox::rest& outbox::behind() {
  if (!rest_) rest_ = std::make_unique<rest>();
  return *rest_;
}

void outbox::push_behind(hub::frame_ptr what, stamp now) {
  auto& others = behind();
  if (others.waiting.empty()) others.waiting.reserve(usual_rest);
  others.bytes += what->size();
  others.packets += what->packet_count();
  others.waiting.push_back({std::move(what), now});
}

void outbox::push(hub::frame_ptr what, stamp now) {
  if (!first_) {
    first_ = std::move(what);
    first_since_ = now;
    return;
  }
  end_run();
  push_behind(std::move(what), now);
}

void outbox::push_text(std::span<const std::string_view> packet, stamp now) {
  std::size_t payload = 0;
  for (const auto piece : packet) payload += piece.size();
  const auto size = websocket::header_size(payload) + payload;
  if (!first_ || size > usual_run) return push(hub::frame::make(packet), now);
  auto& others = behind();
  if (others.run.size() + size > longest_run) end_run();
  if (others.run.empty()) {
    others.run.reserve(usual_run);
    others.run_since = now;
  }
  others.run.resize(others.run.size() + size, boost::container::default_init);
  char* to = others.run.data() + others.run.size() - size;
  to += websocket::write_header(to, websocket::opcode::text, payload);
  for (const auto piece : packet) to += piece.copy(to, piece.size());
  others.bytes += size;
  ++others.packets;
  ++others.run_packets;
}

void outbox::end_run() {
  if (!rest_ || rest_->run.empty()) return;
  auto run = std::exchange(rest_->run, {});
  const auto packets = std::exchange(rest_->run_packets, 0);
  rest_->bytes -= run.size();
  rest_->packets -= packets;
  push_behind(hub::frame::make_run({run.data(), run.size()}, packets), rest_->run_since);
}

// It gets the stamp of whom it overtakes: stamps never fall from the first to the last, which looks at ages rely on,
// and who pings and does not read looks no fresher for it.
void outbox::push_first(hub::frame_ptr what, stamp now) {
  if (first_ && offset_ == 0) {
    std::swap(first_, what);
    now = first_since_;
  } else if (rest_) {
    now = rest_->next < rest_->waiting.size() ? rest_->waiting[rest_->next].since : rest_->run_since;
  }
  if (!first_ || !rest_) return push(std::move(what), now);
  rest_->bytes += what->size();
  rest_->packets += what->packet_count();
  rest_->waiting.insert(rest_->waiting.begin() + static_cast<std::ptrdiff_t>(rest_->next), {std::move(what), now});
}

std::size_t outbox::held() const {
  std::size_t sum = first_ ? first_->share() : 0;
  if (!rest_) return sum;
  sum += ledger::set_aside(sizeof(rest)) + ledger::set_aside(rest_->waiting.capacity() * sizeof(place)) +
         ledger::set_aside(rest_->run.capacity());
  for (auto i = rest_->next; i < rest_->waiting.size(); ++i) sum += rest_->waiting[i].frame->share();
  return sum;
}

std::size_t outbox::gather(iovec* into, std::size_t most, wire_form form) {
  if (!first_ || most == 0) return 0;
  end_run();
  auto bytes = in_form(first_, form);
  bytes.remove_prefix(offset_);
  *into = piece_of(bytes);
  if (!rest_) return 1;
  const auto count = std::min(most, 1 + rest_->waiting.size() - rest_->next);
  for (std::size_t i = 1; i < count; ++i) {
    auto& frame = rest_->waiting[rest_->next + i - 1].frame;
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
  end_run();
  auto& [frame, since] = rest_->waiting[rest_->next++];
  first_ = std::move(frame);
  first_since_ = since;
  rest_->bytes -= first_->size();
  rest_->packets -= first_->packet_count();
  drop_gone();
}

// Places of those that have gone take no more room than those that wait, and none when nobody waits.
void outbox::drop_gone() {
  auto& [waiting, next, bytes, packets, run, run_packets, run_since] = *rest_;
  if (packets == 0) return rest_.reset();
  if (next < waiting.size() / 2) return;
  waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(next));
  next = 0;
  if (waiting.capacity() > 4 * usual_rest && waiting.size() < waiting.capacity() / 4) waiting.shrink_to_fit();
}

outbox outbox::begun() const {
  outbox cut;
  if (offset_ == 0) return cut;
  cut.first_ = first_;
  cut.offset_ = offset_;
  cut.first_since_ = first_since_;
  return cut;
}

void outbox::clear() {
  first_.reset();
  rest_.reset();
  offset_ = 0;
}

}  // namespace encke::net
