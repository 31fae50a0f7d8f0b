// SPDX-License-Identifier: MIT
// Request parser: the requests of one connection, one after another (RFC 9112), around Beast's parser.
// The connection feeds it and asks `next` until it is empty. Strict where leniency lets two readers disagree about
// where a request ends; it inflates nothing. Holds no memory between requests.
#pragma once

#include "http/chunked.hpp"
#include "http/error.hpp"
#include "http/head.hpp"
#include "http/request.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace encke::http {

class request_parser {
 public:
  enum class event : std::uint8_t { head, complete };
  /// Bytes of body that are allowed when `limit_body` is not called.
  static constexpr std::size_t default_body_limit = 1'000'000;

  explicit request_parser(limits = {}) noexcept;
  request_parser(request_parser&&) noexcept;
  request_parser& operator=(request_parser&&) noexcept;
  ~request_parser();

  /// Takes bytes of the connection. Whatever is not used at once is kept, also what belongs to later requests: a caller
  /// that is busy with one request stops reading, or looks at `unread`.
  void feed(std::string_view bytes);

  /// `head` once per request, then `complete` once, even if there is no body; then nothing until `start_next`.
  /// Nothing: more bytes are needed. An error is final; `message` is still there if its head was.
  [[nodiscard]] result<std::optional<event>, error> next();

  /// The request being read. From `head` until `take` or `start_next`; before `complete` the body is unfinished.
  [[nodiscard]] request& message() noexcept { return message_->message; }
  [[nodiscard]] const request& message() const noexcept { return message_->message; }
  [[nodiscard]] bool has_message() const noexcept { return message_ != nullptr; }

  /// The request announces a body, however short. From `head` until `take` or `start_next`.
  [[nodiscard]] bool has_body() const noexcept { return message_->framing.is_chunked || message_->framing.length != 0; }

  /// How much body this request may have. Call at `head`; the next `next` refuses a longer Content-Length before
  /// anything is allocated, and chunks as soon as they go past it.
  void limit_body(std::size_t bytes) noexcept { message_->body_limit = bytes; }

  /// All of the body was fed. At `head`; false for a chunked one, of which only reading tells.
  [[nodiscard]] bool has_whole_body() const noexcept {
    return !message_->framing.is_chunked && message_->framing.length <= unread();
  }

  /// The client waits for "100 Continue" (RFC 9110 10.1.1): it said so, nothing of the body is here yet, and what it
  /// announces is not refused for its size. Ask at `head`, after `limit_body` and before the next `next`.
  [[nodiscard]] bool expects_continue() const noexcept;

  /// Moves the message out, after `complete`.
  [[nodiscard]] request take();

  /// Forgets the message and goes on with the bytes behind it, after `complete`.
  void start_next();

  /// Nothing of a next request has been read.
  [[nodiscard]] bool is_idle() const noexcept { return state_ == state::head && unread() == 0 && !error_; }

  /// Forgets the message and all that was fed; nothing is to be read any more.
  void give_up();

  /// Number of bytes that were fed and belong to nothing read so far.
  [[nodiscard]] std::size_t unread() const noexcept { return buffer_.size() - begin_; }

  /// Bytes of memory that it holds.
  [[nodiscard]] std::size_t held() const noexcept;

  /// The bytes behind the current request's head (or body, after `complete`), for another protocol. The parser is done:
  /// the message stays until `take` or `start_next`.
  [[nodiscard]] std::string take_unread();

 private:
  enum class state : std::uint8_t { head, before_body, body, chunks, complete };
  struct held_request : ledger::charged<ledger::purpose::request> {
    request message;
    http::framing framing;
    std::uint64_t left = 0;  // of the length, still to come
    std::size_t body_limit = default_body_limit;
    chunked chunks;
  };
  using step = result<std::optional<event>, error>;

  [[nodiscard]] step read();
  [[nodiscard]] step read_head();
  [[nodiscard]] step begin_body();
  [[nodiscard]] step read_body();
  [[nodiscard]] step read_chunks();
  [[nodiscard]] step complete();
  [[nodiscard]] result<bool, error> skip_empty_lines();
  [[nodiscard]] result<std::size_t, error> find_end_of_head();
  [[nodiscard]] std::string_view rest() const noexcept { return std::string_view{buffer_}.substr(begin_); }
  void append_to_body(std::string_view);
  void release_used();

  limits limits_;
  ledger::string<ledger::purpose::connection> buffer_;  // fed, not yet used; begin_ is where the unused part starts
  std::size_t begin_ = 0;
  std::size_t scanned_ = 0;  // of the unused part: searched for line ends
  std::size_t line_ = 0;     // of the unused part: where the line being searched starts
  std::unique_ptr<held_request> message_;
  std::optional<error> error_;
  state state_ = state::head;
  std::uint8_t empty_lines_ = 0;
};

}  // namespace encke::http
