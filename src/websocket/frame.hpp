// SPDX-License-Identifier: MIT
// Writing frames and masking them (RFC 6455 5.2, 5.3). Servers send unmasked frames; the masked writer is for clients,
// which here are tests, fuzzers and the load generator.
// Called where frames are encoded once for many, and by the reader to unmask.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace encke::websocket {

enum class opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// Close, ping and pong (RFC 6455 5.5).
[[nodiscard]] constexpr bool is_control(opcode kind) noexcept {
  return static_cast<unsigned>(kind) >= 8;
}

/// Bytes in front of any payload, at most.
inline constexpr std::size_t max_header_size = 14;
/// A control frame carries at most so many bytes (RFC 6455 5.5).
inline constexpr std::size_t max_control_payload = 125;

/// Bytes in front of a payload of this size.
[[nodiscard]] constexpr std::size_t header_size(std::size_t payload, bool masked = false) noexcept {
  return (payload < 126 ? 2U : payload <= 0xffff ? 4U : 10U) + (masked ? 4U : 0U);
}

/// Writes the header of a server's frame to `out`, which has room for `header_size(payload)` bytes; returns that size.
std::size_t write_header(char* out, opcode kind, std::size_t payload, bool fin = true) noexcept;

/// Appends one whole frame of a server.
void append_frame(std::string& out, opcode kind, std::string_view payload, bool fin = true);

/// Appends one whole frame of a client. The key is the one on the wire, first byte highest.
void append_masked_frame(std::string& out, opcode kind, std::string_view payload, std::uint32_t key, bool fin = true);

/// Masks or unmasks bytes in place. `offset` is the place of `data` in its frame's payload.
void apply_mask(std::span<char> data, std::array<char, 4> key, std::size_t offset) noexcept;

}  // namespace encke::websocket
