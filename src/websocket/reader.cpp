// SPDX-License-Identifier: MIT
// A frame that lies whole in the borrowed bytes is used where it is. Everything else goes through `partial`: a header
// that was cut, a frame that was cut, the fragments of a message so far.
#include "websocket/reader.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <encke/ledger.hpp>
#include <limits>

#include "base/utf8.hpp"
#include "websocket/deflate.hpp"

namespace encke::websocket {

struct reader::header {
  std::uint64_t length = 0;  // of the payload
  std::array<char, 4> key{};
  opcode kind = opcode::continuation;
  bool fin = false;
  bool compressed = false;
  std::uint8_t size = 0;  // of the header
};

struct reader::partial : ledger::charged<ledger::purpose::websocket> {
  message_bytes bytes;           // of the message, compressed until it is given
  header frame;                  // while in_frame
  std::uint64_t frame_done = 0;  // payload bytes of the frame that have arrived
  std::uint32_t fragments = 0;
  utf8::validator text;
  opcode kind = opcode::continuation;  // of the message; continuation: none is begun
  bool compressed = false;
  bool in_frame = false;
  bool given = false;  // the message is complete and was returned
  std::uint8_t head_size = 0;
  std::array<char, max_header_size> head;
  std::array<char, max_control_payload> control;

  [[nodiscard]] bool is_in_message() const noexcept { return kind != opcode::continuation; }
  [[nodiscard]] bool is_empty() const noexcept { return !is_in_message() && !in_frame && head_size == 0; }
};

namespace {

std::uint32_t in_32_bits(std::size_t limit) noexcept {
  return static_cast<std::uint32_t>(std::min<std::size_t>(limit, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

reader::reader(limits l, role r, compression c) noexcept
    : message_limit_{in_32_bits(l.message)}, fragment_limit_{in_32_bits(l.fragments)}, role_{r}, compression_{c} {}
reader::reader(reader&&) noexcept = default;
reader& reader::operator=(reader&&) noexcept = default;
reader::~reader() = default;

void reader::feed(std::span<char> data) noexcept {
  assert(size_ == 0);
  if (state_ == state::failed) return;
  data_ = data.data();
  size_ = static_cast<std::uint32_t>(data.size());
}

auto reader::next() -> step {
  if (state_ == state::failed) return error_;
  release_given();
  if (state_ == state::closed) {
    // RFC 6455 1.4: after a close, discard any further data received.
    size_ = 0;
    return std::nullopt;
  }
  auto given = read_frames();
  if (given.has_error()) {
    state_ = state::failed;
    error_ = given.error();
    size_ = 0;
    partial_.reset();
  }
  return given;
}

void reader::limit_messages(std::size_t bytes) noexcept {
  message_limit_ = in_32_bits(bytes);
}

std::size_t reader::held() const noexcept {
  return partial_ ? sizeof(partial) + partial_->bytes.capacity() : 0;
}

auto reader::read_frames() -> step {
  while (true) {
    step given = std::nullopt;
    if (partial_ && partial_->in_frame) {
      given = continue_frame();
    } else {
      const auto next_header = read_header();
      if (next_header.has_error()) return next_header.error();
      if (!*next_header) return std::nullopt;
      if ((*next_header)->length <= size_) {
        given = take_whole(**next_header);
      } else {
        begin_frame(**next_header);
      }
    }
    if (given.has_error() || *given || size_ == 0) return given;
  }
}

auto reader::read_header() -> result<std::optional<header>, error> {
  if (size_ == 0) return std::nullopt;
  const auto stashed = partial_ ? partial_->head_size : std::uint8_t{0};
  if (stashed == 0) {
    auto parsed = parse_header({data_, size_});
    if (parsed.has_error()) return parsed;
    if (*parsed) {
      data_ += (*parsed)->size;
      size_ -= (*parsed)->size;
      return parsed;
    }
  }
  auto& p = own();
  const auto more = std::min<std::size_t>(size_, p.head.size() - stashed);
  std::memcpy(p.head.data() + stashed, data_, more);
  auto parsed = parse_header({p.head.data(), stashed + more});
  if (parsed.has_error()) return parsed;
  const auto used = *parsed ? (*parsed)->size - stashed : more;
  p.head_size = static_cast<std::uint8_t>(*parsed ? 0 : stashed + used);
  data_ += used;
  size_ -= static_cast<std::uint32_t>(used);
  return parsed;
}

// Judges each byte as soon as it is there, so that pieces of any size end in the same error.
auto reader::parse_header(std::string_view bytes) const -> result<std::optional<header>, error> {
  const auto at = [bytes](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if (bytes.empty()) return std::nullopt;
  if (const auto wrong = check_first_byte(at(0))) return *wrong;
  header h;
  h.fin = (at(0) & 0x80) != 0;
  h.kind = static_cast<opcode>(at(0) & 0x0f);
  h.compressed = (at(0) & compressed_bit) != 0;

  if (bytes.size() < 2) return std::nullopt;
  const bool masked = (at(1) & 0x80) != 0;
  // RFC 6455 5.1: clients mask every frame, servers none.
  if (role_ == role::server && !masked) return error::unmasked_client_frame;
  if (role_ == role::client && masked) return error::masked_server_frame;
  const auto short_length = at(1) & 0x7fU;
  if (is_control(h.kind) && short_length > max_control_payload) return error::control_frame_too_long;

  const std::size_t end = short_length == 127 ? 10 : short_length == 126 ? 4 : 2;
  if (bytes.size() < end) return std::nullopt;
  h.length = end == 2 ? short_length : 0;
  for (std::size_t i = 2; i < end; ++i) h.length = h.length << 8 | at(i);
  // RFC 6455 5.2: the top bit is zero, and the shortest form is used.
  if (h.length >> 63 != 0) return error::length_msb_set;
  if (end != header_size(h.length)) return error::length_not_minimal;
  const auto before = partial_ ? partial_->bytes.size() : 0;
  if (!is_control(h.kind) && h.length > message_limit_ - before) return error::message_too_big;

  h.size = static_cast<std::uint8_t>(end + (masked ? 4 : 0));
  if (bytes.size() < h.size) return std::nullopt;
  if (masked) std::memcpy(h.key.data(), bytes.data() + end, h.key.size());
  return h;
}

std::optional<error> reader::check_first_byte(unsigned byte) const noexcept {
  const auto number = byte & 0x0f;
  // RFC 7692 6: only where a message begins.
  const bool may_be_compressed = compression_ == compression::deflate && (number == 1 || number == 2);
  if ((byte & (may_be_compressed ? 0x30U : 0x70U)) != 0) return error::reserved_bits;
  if ((number > 2 && number < 8) || number > 10) return error::reserved_opcode;
  const bool fin = (byte & 0x80) != 0;
  const auto kind = static_cast<opcode>(number);
  if (is_control(kind)) return fin ? std::nullopt : std::optional{error::fragmented_control_frame};

  // RFC 6455 5.4: the fragments of one message are not mixed with those of another.
  const bool in_message = partial_ && partial_->is_in_message();
  if (kind == opcode::continuation && !in_message) return error::unexpected_continuation;
  if (kind != opcode::continuation && in_message) return error::expected_continuation;
  if (in_message && partial_->fragments >= fragment_limit_) return error::too_many_fragments;
  return std::nullopt;
}

auto reader::take_whole(const header& h) -> step {
  const auto size = static_cast<std::size_t>(h.length);
  if (is_control(h.kind)) return give_control(h.kind, take(size, h, 0));
  if (h.fin && h.kind != opcode::continuation) {
    const auto payload = take(size, h, 0);
    if (h.compressed) return give_inflated(h.kind, payload);
    if (h.kind == opcode::text && !utf8::is_valid(payload)) return error::invalid_utf8;
    return message{h.kind, payload};
  }
  begin_frame(h);
  return continue_frame();
}

void reader::begin_frame(const header& h) {
  auto& p = own();
  p.in_frame = true;
  p.frame = h;
  p.frame_done = 0;
  if (is_control(h.kind)) return;
  if (h.kind != opcode::continuation) {
    p.kind = h.kind;
    p.compressed = h.compressed;
  }
  ++p.fragments;
}

auto reader::continue_frame() -> step {
  auto& p = *partial_;
  const auto left = p.frame.length - p.frame_done;
  const auto piece = take(std::min<std::uint64_t>(size_, left), p.frame, p.frame_done);
  if (is_control(p.frame.kind)) {
    std::copy(piece.begin(), piece.end(), p.control.begin() + static_cast<std::ptrdiff_t>(p.frame_done));
  } else if (const auto wrong = append(piece, p.bytes.size() + left)) {
    return *wrong;
  }
  p.frame_done += piece.size();
  if (p.frame_done < p.frame.length) return std::nullopt;

  p.in_frame = false;
  if (is_control(p.frame.kind)) return give_control(p.frame.kind, {p.control.data(), p.frame_done});
  return end_frame(p.frame.fin);
}

auto reader::end_frame(bool fin) -> step {
  if (!fin) return std::nullopt;
  auto& p = *partial_;
  if (p.compressed) return give_inflated(p.kind, {p.bytes.data(), p.bytes.size()});
  if (p.kind == opcode::text && !p.text.complete()) return error::invalid_utf8;
  p.given = true;
  return message{p.kind, {p.bytes.data(), p.bytes.size()}};
}

auto reader::give_inflated(opcode kind, std::string_view compressed) -> step {
  message_bytes inflated;
  if (const auto wrong = inflate(compressed, message_limit_, inflated)) return *wrong;
  const std::string_view payload{inflated.data(), inflated.size()};
  if (kind == opcode::text && !utf8::is_valid(payload)) return error::invalid_utf8;
  auto& p = own();
  p.bytes = std::move(inflated);
  p.kind = kind;
  p.given = true;
  return message{kind, payload};
}

auto reader::give_control(opcode kind, std::string_view payload) -> step {
  if (kind != opcode::close) return message{kind, payload};
  // RFC 6455 5.5.1: nothing, or a code and then a reason in UTF-8.
  if (payload.size() == 1) return error::bad_close_payload;
  if (payload.size() >= 2) {
    if (!may_be_sent(code_in(payload))) return error::bad_close_code;
    if (!utf8::is_valid(payload.substr(2))) return error::invalid_utf8;
  }
  state_ = state::closed;
  return message{kind, payload};
}

// `message_end` is the size of the message with all of the frame: more is not reserved if it is the last one.
// Never reserves more than twice what has arrived, whatever was declared.
std::optional<error> reader::append(std::string_view piece, std::size_t message_end) {
  auto& p = *partial_;
  if (p.kind == opcode::text && !p.compressed && !p.text.feed(piece)) return error::invalid_utf8;
  const auto needed = p.bytes.size() + piece.size();
  if (needed > p.bytes.capacity()) {
    const auto most = p.frame.fin ? message_end : message_limit_;
    p.bytes.reserve(std::clamp(2 * p.bytes.size(), needed, most));
  }
  p.bytes.insert(p.bytes.end(), piece.begin(), piece.end());
  return std::nullopt;
}

std::string_view reader::take(std::size_t size, const header& h, std::size_t offset) noexcept {
  const std::span piece{data_, size};
  if (role_ == role::server) apply_mask(piece, h.key, offset);
  data_ += size;
  size_ -= static_cast<std::uint32_t>(size);
  return {piece.data(), piece.size()};
}

auto reader::own() -> partial& {
  if (!partial_) partial_ = std::make_unique<partial>();
  return *partial_;
}

// What the last call of `next` returned may lie in `partial_`; now it may go.
void reader::release_given() noexcept {
  if (!partial_) return;
  auto& p = *partial_;
  if (p.given) {
    p.given = false;
    p.kind = opcode::continuation;
    p.fragments = 0;
    p.compressed = false;
    p.text.reset();
    p.bytes = {};
  }
  if (p.is_empty() || state_ == state::closed) partial_.reset();
}

}  // namespace encke::websocket
