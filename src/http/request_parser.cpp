// SPDX-License-Identifier: MIT
#include "http/request_parser.hpp"

#include "http/text.hpp"

#include <algorithm>
#include <utility>

namespace encke::http {

request_parser::request_parser(limits allowed) noexcept : limits_{allowed} {}
request_parser::request_parser(request_parser&&) noexcept = default;
request_parser& request_parser::operator=(request_parser&&) noexcept = default;
request_parser::~request_parser() = default;

void request_parser::feed(std::string_view bytes) {
  if (error_) return;
  if (state_ == state::body && unread() == 0) {
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(message_->left, bytes.size()));
    append_to_body(bytes.substr(0, n));
    bytes.remove_prefix(n);
  }
  if (bytes.empty()) return;
  buffer_.erase(0, std::exchange(begin_, 0));
  buffer_.append(bytes);
}

result<std::optional<request_parser::event>, error> request_parser::next() {
  if (error_) return *error_;
  auto found = read();
  if (found.has_error()) {
    error_ = found.error();
    begin_ = buffer_.size();
  }
  release_used();
  return found;
}

request_parser::step request_parser::read() {
  switch (state_) {
    case state::head: return read_head();
    case state::before_body: return begin_body();
    case state::body: return read_body();
    case state::chunks: return read_chunks();
    case state::complete: return std::nullopt;
  }
  return std::nullopt;
}

request_parser::step request_parser::read_head() {
  const auto begun = skip_empty_lines();
  if (begun.has_error()) return begun.error();
  if (!*begun) return std::nullopt;
  const auto size = find_end_of_head();
  if (size.has_error()) return size.error();
  if (*size == 0) return std::nullopt;

  auto held = std::make_unique<held_request>();
  const auto framing = parse_head(rest().substr(0, *size), limits_, held->message);
  if (framing.has_error()) return framing.error();
  held->framing = *framing;
  message_ = std::move(held);
  begin_ += *size;
  state_ = state::before_body;
  return event::head;
}

// RFC 9112 2.2: clients may send an empty line before the request line. True when the request line has begun.
result<bool, error> request_parser::skip_empty_lines() {
  constexpr std::uint8_t max_empty_lines = 4;
  while (rest().starts_with("\r\n")) {
    if (++empty_lines_ > max_empty_lines) return error::bad_request;
    begin_ += 2;
  }
  if (rest().empty() || rest() == "\r") return false;
  // Whoever speaks another protocol here is told at once, not when the head has grown past its limit.
  if (!is_token(rest().substr(0, 1))) return error::bad_request;
  return true;
}

// The size of the head with its empty line; 0 when that is not here yet.
result<std::size_t, error> request_parser::find_end_of_head() {
  const auto bytes = rest();
  const auto too_large = [this] { return line_ == 0 ? error::target_too_long : error::head_too_large; };
  for (;;) {
    const auto end = bytes.find('\n', scanned_);
    if (end == bytes.npos) break;
    if (end >= limits_.head) return too_large();
    if (bytes[end - 1] != '\r') return error::bad_request;  // RFC 9112 2.2: a bare LF may hide a request from others
    if (end == line_ + 1) return end + 1;
    // RFC 9112 5.2: a line that continues the one before it is refused.
    if (line_ != 0 && (bytes[line_] == ' ' || bytes[line_] == '\t')) return error::bad_request;
    line_ = scanned_ = end + 1;
  }
  scanned_ = bytes.size();
  if (bytes.size() >= limits_.head) return too_large();
  return std::size_t{0};
}

request_parser::step request_parser::begin_body() {
  if (message_->framing.is_chunked) {
    state_ = state::chunks;
    return read_chunks();
  }
  if (message_->framing.length > message_->body_limit) return error::body_too_large;
  message_->left = message_->framing.length;
  state_ = state::body;
  return read_body();
}

request_parser::step request_parser::read_body() {
  const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(message_->left, unread()));
  append_to_body(rest().substr(0, n));
  begin_ += n;
  if (message_->left != 0) return std::nullopt;
  return complete();
}

request_parser::step request_parser::read_chunks() {
  const auto used = message_->chunks.decode(rest(), message_->message.body, message_->body_limit);
  if (used.has_error()) return used.error();
  begin_ += *used;
  if (!message_->chunks.is_done()) return std::nullopt;
  return complete();
}

request_parser::step request_parser::complete() {
  state_ = state::complete;
  return event::complete;
}

// Grows with what arrives and not with what was announced: a promise of a megabyte costs the client a megabyte.
void request_parser::append_to_body(std::string_view bytes) {
  auto& body = message_->message.body;
  const auto needed = body.size() + bytes.size();
  if (needed > body.capacity()) {
    const auto whole = static_cast<std::size_t>(message_->framing.length);
    request::string larger;  // `reserve` of one that has room doubles it, past what is announced
    larger.reserve(std::min(whole, std::max(needed, 2 * body.capacity())));
    larger.append(body).swap(body);
  }
  body.append(bytes);
  message_->left -= bytes.size();
}

// An idle connection holds no buffer, and what waits for more does not keep the room of what was before it. While
// pipelined requests are being read the buffer stays, or each would cost a copy of all behind it.
void request_parser::release_used() {
  if (begin_ == 0) return;
  if (state_ != state::head && unread() > buffer_.capacity() / 4) return;
  decltype(buffer_){rest()}.swap(buffer_);  // an assignment would keep the room
  begin_ = 0;
}

bool request_parser::expects_continue() const noexcept {
  return state_ == state::before_body && has_body() && unread() == 0 && message_->message.version >= 11 &&
         (message_->framing.is_chunked || message_->framing.length <= message_->body_limit) &&
         message_->message.header_has_token("Expect", "100-continue");
}

request request_parser::take() {
  auto whole = std::move(message_->message);
  message_.reset();
  return whole;
}

void request_parser::start_next() {
  message_.reset();
  state_ = state::head;
  scanned_ = line_ = 0;
  empty_lines_ = 0;
}

void request_parser::give_up() {
  message_.reset();
  begin_ = buffer_.size();
  state_ = state::complete;
  release_used();
}

std::string request_parser::take_unread() {
  std::string bytes{rest()};
  begin_ = buffer_.size();
  state_ = state::complete;
  release_used();
  return bytes;
}

std::size_t request_parser::held() const noexcept {
  const auto own = buffer_.capacity() > std::string{}.capacity() ? ledger::set_aside(buffer_.capacity() + 1) : 0;
  if (!message_) return own;
  const auto& [head, body] = std::pair{message_->message.headers.size(), message_->message.body.capacity()};
  return own + ledger::set_aside(sizeof *message_) + ledger::set_aside(head * sizeof(message_->message.headers[0])) +
         ledger::set_aside(body);
}

}  // namespace encke::http
