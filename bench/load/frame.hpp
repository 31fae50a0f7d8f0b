// SPDX-License-Identifier: MIT
// Frames: as much of RFC 6455 as a client of a Socket.IO server needs, unfragmented text out, anything in.
// The WebSocket client reads with it; what is sent a million times is masked once, see outgoing.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace encke::load {

enum class opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

using mask_key = std::array<char, 4>;

enum class reading : std::uint8_t { incomplete, whole, wrong };

struct frame {
  reading state = reading::incomplete;
  bool is_last = true;         // FIN
  opcode kind = opcode::text;  // any value of four bits
  std::string_view payload;
  std::size_t size = 0;  // of the frame on the wire; when incomplete, how much it will be, if that is known
};

// The frame at the start of `bytes`, which a server sent. Wrong: masked, reserved bits, or longer than `limit`.
[[nodiscard]] frame read_frame(std::string_view bytes, std::size_t limit = 64U << 20) noexcept;

// A client's frame around `payload`.
[[nodiscard]] std::string masked_frame(opcode kind, std::string_view payload, mask_key key);

// What the payload of a close frame says, e.g. ": 1008 slow reader"; nothing when it is empty.
[[nodiscard]] std::string close_words(std::string_view payload);

// How long the header is that masked_frame puts before a payload.
[[nodiscard]] std::size_t header_size(std::size_t payload) noexcept;

}  // namespace encke::load
