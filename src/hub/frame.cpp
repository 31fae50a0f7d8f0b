// SPDX-License-Identifier: MIT
#include <algorithm>
#include <base/block_pool.hpp>
#include <hub/frame.hpp>
#include <new>
#include <vector>

namespace encke::hub {

using websocket::opcode;

namespace {

std::size_t framed(std::string_view payload) {
  return websocket::header_size(payload.size()) + payload.size();
}

// The first of the frames in `bytes`, which is taken off. We wrote them, so they are whole.
struct written {
  opcode kind = opcode::continuation;
  std::string_view payload, whole;
};

written take_frame(std::string_view& bytes) {
  const auto at = [bytes](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const std::size_t header = at(1) == 127 ? 10 : at(1) == 126 ? 4 : 2;
  std::uint64_t size = header == 2 ? at(1) : 0;
  for (std::size_t i = 2; i < header; ++i) size = size << 8 | at(i);
  const written taken{static_cast<opcode>(at(0) & 0x0f), bytes.substr(header, size), bytes.substr(0, header + size)};
  bytes.remove_prefix(taken.whole.size());
  return taken;
}

}  // namespace

// Makes a frame whose size is known, and fills it front to back.
class frame::writer {
 public:
  writer(std::size_t size, std::size_t attachments, label as = {}, bool charged = true) {
    const auto footprint = sizeof(frame) + attachments * sizeof(piece) + size + as.key.size();
    made_ = new (block_pool::take(footprint)) frame{size, attachments, as, charged};
    as.key.copy(const_cast<char*>(made_->bytes()) + size, as.key.size());
    if (charged) ledger::add(ledger::purpose::frame, block_pool::set_aside(footprint));
  }

  void text(std::span<const std::string_view> pieces, std::size_t size) {
    char* to = header(opcode::text, size);
    made_->text_ = {static_cast<std::uint32_t>(end_), static_cast<std::uint32_t>(size)};
    for (const auto piece : pieces) to += piece.copy(to, piece.size());
    end_ += size;
  }
  void text(std::string_view payload) { made_->text_ = append(opcode::text, payload); }
  void attachment(std::string_view payload) { made_->attachments()[done_++] = append(opcode::binary, payload); }
  piece append(opcode kind, std::string_view payload) {
    payload.copy(header(kind, payload.size()), payload.size());
    const piece where{static_cast<std::uint32_t>(end_), static_cast<std::uint32_t>(payload.size())};
    end_ += payload.size();
    return where;
  }
  void raw(std::string_view frames, std::size_t packets = 1) {
    frames.copy(const_cast<char*>(made_->bytes()), frames.size());
    made_->packet_count_ = static_cast<std::uint16_t>(packets);
    keep_as_it_is();
  }
  void keep_as_it_is() { made_->is_compressible_ = false; }
  frame_ptr done() { return frame_ptr{made_}; }

 private:
  // Returns where the payload goes.
  char* header(opcode kind, std::size_t payload) {
    char* to = const_cast<char*>(made_->bytes());  // nobody else has it yet
    end_ += websocket::write_header(to + end_, kind, payload);
    return to + end_;
  }

  frame* made_;
  std::size_t end_ = 0, done_ = 0;
};

void frame::destroy() const noexcept {
  const auto* const twin = twins_.load(std::memory_order_acquire);
  if (twin && twin != this) intrusive_ptr_release(twin);
  const auto taken = footprint();
  if (charged_) ledger::remove(ledger::purpose::frame, block_pool::set_aside(taken));
  this->~frame();
  block_pool::give_back(const_cast<frame*>(this), taken);
}

frame_ptr frame::make(std::string_view text, std::span<const std::string> attachments) {
  return make(std::span{&text, 1}, attachments);
}

std::size_t frame::share() const {
  return block_pool::set_aside(footprint()) / std::max<std::size_t>(holders_.count(), 1);
}

frame_ptr frame::make(std::span<const std::string_view> text, std::span<const std::string> attachments, label as,
                      bool compress) {
  std::size_t text_size = 0;
  for (const auto piece : text) text_size += piece.size();
  auto size = text.empty() ? 0 : websocket::header_size(text_size) + text_size;
  for (const auto& one : attachments) size += framed(one);
  writer to{size, attachments.size(), as};
  if (!text.empty()) to.text(text, text_size);
  for (const auto& one : attachments) to.attachment(one);
  if (!compress) to.keep_as_it_is();
  return to.done();
}

frame_ptr frame::make_binary(std::string_view message) {
  writer to{framed(message), 1};
  to.attachment(message);
  return to.done();
}

frame_ptr frame::make_permanent(std::string_view text) {
  writer to{framed(text), 0, {}, false};
  to.text(text);
  to.keep_as_it_is();
  return to.done();
}

frame_ptr frame::make_run(std::string_view websocket_bytes, std::size_t packets) {
  writer to{websocket_bytes.size(), 0};
  to.raw(websocket_bytes, packets);
  return to.done();
}

frame_ptr frame::make_control(opcode kind, std::string_view payload) {
  writer to{framed(payload), 0};
  to.append(kind, payload);
  return to.done();
}

// --- twins --------------------------------------------------------------------------------------------------------

frame_ptr frame::recoded(engineio::revision rev, bool base64, const websocket::deflate_settings* how,
                         int window_bits) const {
  const bool is_v3 = rev == engineio::revision::v3;
  const auto to = !base64 ? recoding::v3_binary : is_v3 ? recoding::v3_base64 : recoding::v4_base64;
  const auto* const plain = twin(form(to, 0), [&] { return make_recoded(rev, base64); });
  return how ? deflated_as(to, *plain, *how, window_bits) : frame_ptr{plain};
}

frame_ptr frame::deflated(const websocket::deflate_settings& how, int window_bits) const {
  if (form_ != 0) return frame_ptr{this};
  return deflated_as(recoding::none, *this, how, window_bits);
}

frame_ptr frame::deflated_as(recoding to, const frame& plain, const websocket::deflate_settings& how,
                             int window_bits) const {
  if (!is_compressible_ || plain.size_ < how.threshold) return frame_ptr{&plain};
  // Nothing in a message is further back than its begin, so the twin of the largest window serves the others, too.
  const bool is_short = plain.size_ <= std::size_t{1} << window_bits;
  auto as = how;
  if (!is_short) as.window_bits = std::min(how.window_bits, window_bits);
  const auto* const made = twin(form(to, as.window_bits), [&] { return plain.make_deflated(as); });
  return frame_ptr{made->size_ == 0 ? &plain : made};
}

const frame* frame::next_twin() const {
  const auto* const next = twins_.load(std::memory_order_relaxed);  // set before others could see it
  return next == this ? nullptr : next;
}

const frame* frame::find_twin(const frame* first, std::uint8_t form) {
  while (first && first->form_ != form) first = first->next_twin();
  return first;
}

template <class Make>
const frame* frame::twin(std::uint8_t form, Make&& make) const {
  const auto* first = twins_.load(std::memory_order_acquire);
  if (const auto* const known = find_twin(first, form)) return known;
  const frame_ptr made = make();
  const_cast<frame&>(*made).form_ = form;  // nobody else has it yet
  for (;;) {
    made->twins_.store(first ? first : made.get(), std::memory_order_relaxed);
    if (twins_.compare_exchange_weak(first, made.get(), std::memory_order_acq_rel, std::memory_order_acquire)) break;
    made->twins_.store(made.get(), std::memory_order_relaxed);  // it holds none of the others
    if (const auto* const known = find_twin(first, form)) return known;
  }
  intrusive_ptr_add_ref(made.get());
  return made.get();
}

frame_ptr frame::make_recoded(engineio::revision rev, bool base64) const {
  std::vector<std::string> packets(attachment_count());
  auto size = text().empty() ? 0 : framed(text());
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (base64)
      engineio::append_base64_packet(packets[i], rev, attachment(i));
    else
      engineio::append_binary_packet(packets[i], rev, attachment(i));
    size += framed(packets[i]);
  }
  writer to{size, 0, labelled()};  // no attachments of its own: its bytes are final
  if (!text().empty()) to.text(text());
  for (const auto& one : packets) to.append(base64 ? opcode::text : opcode::binary, one);
  return to.done();
}

// Empty where that makes nothing smaller.
frame_ptr frame::make_deflated(const websocket::deflate_settings& how) const {
  std::string smaller;
  for (auto rest = websocket_bytes(); !rest.empty();) {
    const auto one = take_frame(rest);
    const bool is_worth_it = !websocket::is_control(one.kind) && one.payload.size() >= how.threshold;
    const auto packed = is_worth_it ? websocket::deflate(one.payload, how) : std::nullopt;
    if (!packed) {
      smaller += one.whole;
      continue;
    }
    const auto begin = smaller.size();
    websocket::append_frame(smaller, one.kind, *packed);
    smaller[begin] = static_cast<char>(smaller[begin] | static_cast<int>(websocket::compressed_bit));
  }
  if (smaller.size() >= size_) smaller.clear();
  writer to{smaller.size(), 0, labelled()};
  to.raw(smaller);
  return to.done();
}

}  // namespace encke::hub
