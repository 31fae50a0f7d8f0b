// SPDX-License-Identifier: MIT
// Reader: WebSocket bytes in, whole messages out (RFC 6455 5 and 8), compressed or not (RFC 7692).
// The connection feeds it; it never sees a socket. There is one for every connection, so what a message in pieces needs
// is allocated (and charged) only while there is one. After an error it stays in error: the caller sends the close code
// the error names and hangs up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <encke/error.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "websocket/error.hpp"
#include "websocket/frame.hpp"

namespace encke::websocket {

/// Checked on what a header declares, before anything is allocated. More than 32 bits hold counts as that much.
struct limits {
  std::size_t message = 1'000'000;  ///< bytes of one message, all fragments together
  std::size_t fragments = 1024;     ///< frames of one message
};

/// Which end reads: a server requires masked frames, a client unmasked ones.
enum class role : std::uint8_t { server, client };

/// Whether permessage-deflate was agreed on; without it a compressed message is an error.
enum class compression : std::uint8_t { none, deflate };

/// What the peer sent. `kind` is text, binary, close, ping or pong; the code and reason of a close were checked.
struct message {
  opcode kind = opcode::text;
  std::string_view payload;
};

class reader {
 public:
  explicit reader(limits, role = role::server, compression = compression::none) noexcept;
  reader(reader&&) noexcept;
  reader& operator=(reader&&) noexcept;
  ~reader();

  /// Borrows `data`, of less than 4 GiB, until `next` has returned empty or an error, and unmasks in place. Not before
  /// that happened for what was fed before.
  void feed(std::span<char> data) noexcept;

  /// The next message, control frames also between the fragments of another message. Empty: every borrowed byte was
  /// consumed, or copied into memory of the reader. The payload is valid until the next call of `next` or `feed`; it
  /// lies in the borrowed bytes if one fed piece held the whole of an unfragmented message, nothing was copied then.
  /// Text is checked as it arrives, so the error comes with the first byte that makes it invalid. Of a compressed
  /// message the limit holds for the bytes that arrive and for the message itself, and text is checked at its end.
  /// What follows a close is discarded (RFC 6455 1.4).
  [[nodiscard]] result<std::optional<message>, error> next();

  /// Another limit from now on; one that is being read is refused with its next frame at the latest.
  void limit_messages(std::size_t bytes) noexcept;

  /// True after a close frame: nothing more will come out.
  [[nodiscard]] bool is_closed() const noexcept { return state_ == state::closed; }

  /// Bytes of memory the reader owns: 0 between messages.
  [[nodiscard]] std::size_t held() const noexcept;

 private:
  struct header;
  struct partial;
  enum class state : std::uint8_t { open, closed, failed };
  using step = result<std::optional<message>, error>;

  step read_frames();
  result<std::optional<header>, error> read_header();
  [[nodiscard]] result<std::optional<header>, error> parse_header(std::string_view bytes) const;
  [[nodiscard]] std::optional<error> check_first_byte(unsigned byte) const noexcept;
  step take_whole(const header&);
  void begin_frame(const header&);
  step continue_frame();
  step end_frame(bool fin);
  step give_inflated(opcode kind, std::string_view compressed);
  step give_control(opcode kind, std::string_view payload);
  std::optional<error> append(std::string_view piece, std::size_t message_end);

  std::string_view take(std::size_t size, const header&, std::size_t offset) noexcept;
  partial& own();
  void release_given() noexcept;

  char* data_ = nullptr;              // borrowed, not yet consumed
  std::unique_ptr<partial> partial_;  // what did not arrive in one piece
  std::uint32_t size_ = 0;            // of data_
  std::uint32_t message_limit_;
  std::uint32_t fragment_limit_;
  role role_;
  compression compression_;
  state state_ = state::open;
  error error_{};  // once failed
};

static_assert(sizeof(reader) <= 32);

}  // namespace encke::websocket
