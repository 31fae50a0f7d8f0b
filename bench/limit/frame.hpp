// SPDX-License-Identifier: MIT
// Frame: WebSocket frames in and out (RFC 6455 5.2). Whole text messages of one frame, and control frames; the server
// closes a connection that sends anything else. Read in place: the mask is taken off where the bytes lie.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace limit {

enum class opcode : std::uint8_t { text = 1, close = 8, ping = 9, pong = 10 };

struct frame {
  opcode code{};
  std::string_view data;
};

enum class framing { whole, incomplete, bad, too_big };

/// Reads the first frame; `used` is what it takes up when it is whole.
[[nodiscard]] framing read(char* bytes, std::size_t size, frame&, std::size_t& used) noexcept;

/// Appends the header of an unmasked frame.
void append_header(std::string& out, opcode, std::size_t size);

/// Appends the data of frames that were written with `append_header`, with `separator` before each that is not the
/// first of `out`.
void append_contents(std::string& out, std::string_view frames, char separator);

}  // namespace limit
