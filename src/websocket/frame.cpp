// SPDX-License-Identifier: MIT
// Frame headers and masking (RFC 6455 5.2, 5.3).
#include "websocket/frame.hpp"

#include <cassert>
#include <cstring>

namespace encke::websocket {
namespace {

// A vector type of GCC and Clang; the compiler picks the instructions. Loads and stores go through memcpy, because a
// payload begins at any address.
using lane = std::uint64_t __attribute__((vector_size(16)));

template <class Block>
void mask_block(char* at, Block key) noexcept {
  Block block;
  std::memcpy(&block, at, sizeof block);
  block ^= key;
  std::memcpy(at, &block, sizeof block);
}

}  // namespace

std::size_t write_header(char* out, opcode kind, std::size_t payload, bool fin) noexcept {
  assert(!is_control(kind) || (fin && payload <= max_control_payload));
  out[0] = static_cast<char>((fin ? 0x80 : 0) | static_cast<int>(kind));
  const auto size = header_size(payload);
  if (size == 2) {
    out[1] = static_cast<char>(payload);
    return size;
  }
  // RFC 6455 5.2: 126 announces two bytes of length, 127 eight, highest byte first.
  out[1] = static_cast<char>(size == 4 ? 126 : 127);
  for (auto at = size; at > 2; payload >>= 8) out[--at] = static_cast<char>(payload & 0xff);
  return size;
}

void append_frame(std::string& out, opcode kind, std::string_view payload, bool fin) {
  std::array<char, max_header_size> header;
  out.append(header.data(), write_header(header.data(), kind, payload.size(), fin));
  out.append(payload);
}

void append_masked_frame(std::string& out, opcode kind, std::string_view payload, std::uint32_t key, bool fin) {
  std::array<char, max_header_size> header;
  const auto size = write_header(header.data(), kind, payload.size(), fin);
  header[1] = static_cast<char>(header[1] | 0x80);
  out.append(header.data(), size);
  const std::array<char, 4> bytes{static_cast<char>(key >> 24), static_cast<char>(key >> 16),
                                  static_cast<char>(key >> 8), static_cast<char>(key)};
  out.append(bytes.data(), bytes.size());
  const auto begin = out.size();
  out.append(payload);
  apply_mask(std::span{out}.subspan(begin), bytes, 0);
}

void apply_mask(std::span<char> data, std::array<char, 4> key, std::size_t offset) noexcept {
  const std::array<char, 4> turned{key[offset % 4], key[(offset + 1) % 4], key[(offset + 2) % 4],
                                   key[(offset + 3) % 4]};
  std::uint32_t half;
  std::memcpy(&half, turned.data(), sizeof half);
  const auto word = std::uint64_t{half} << 32 | half;

  char* at = data.data();
  auto left = data.size();
  for (; left >= 16; at += 16, left -= 16) mask_block(at, lane{word, word});
  if (left >= 8) {
    mask_block(at, word);
    at += 8;
    left -= 8;
  }
  if (left >= 4) {
    mask_block(at, half);
    at += 4;
    left -= 4;
  }
  for (std::size_t i = 0; i < left; ++i) at[i] = static_cast<char>(at[i] ^ turned[i]);
}

}  // namespace encke::websocket
