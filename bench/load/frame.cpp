// SPDX-License-Identifier: MIT
#include "bench/load/frame.hpp"

#include <fmt/format.h>

namespace encke::load {

namespace {

std::uint64_t big_endian(std::string_view bytes) noexcept {
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

}  // namespace

frame read_frame(std::string_view bytes, std::size_t limit) noexcept {
  frame f;
  if (bytes.size() < 2) return f;
  const auto first = static_cast<unsigned char>(bytes[0]);
  const auto second = static_cast<unsigned char>(bytes[1]);
  f.is_last = (first & 0x80) != 0;
  f.kind = static_cast<opcode>(first & 0x0f);
  // RFC 6455 5.1: a server does not mask; 5.2: no extension was agreed on, so the reserved bits are zero.
  if ((second & 0x80) != 0 || (first & 0x70) != 0) return f.state = reading::wrong, f;
  std::uint64_t length = second & 0x7f;
  std::size_t header = 2;
  if (length >= 126) {
    const std::size_t more = length == 126 ? 2 : 8;
    header += more;
    if (bytes.size() < header) return f;
    length = big_endian(bytes.substr(2, more));
  }
  if (length > limit) return f.state = reading::wrong, f;
  f.size = header + static_cast<std::size_t>(length);
  if (bytes.size() < f.size) return f;
  f.payload = bytes.substr(header, static_cast<std::size_t>(length));
  f.state = reading::whole;
  return f;
}

std::string close_words(std::string_view payload) {
  if (payload.size() < 2) return {};
  return fmt::format(": {} {}", big_endian(payload.substr(0, 2)), payload.substr(2));
}

std::size_t header_size(std::size_t payload) noexcept {
  return payload < 126 ? 6 : payload < 65536 ? 8 : 14;
}

std::string masked_frame(opcode kind, std::string_view payload, mask_key key) {
  std::string bytes;
  bytes.reserve(header_size(payload.size()) + payload.size());
  bytes += static_cast<char>(0x80 | static_cast<unsigned char>(kind));
  const auto big = [&](unsigned width) {
    for (unsigned i = width; i-- > 0;) bytes += static_cast<char>(payload.size() >> (8 * i));
  };
  if (payload.size() < 126) {
    bytes += static_cast<char>(0x80 | payload.size());
  } else if (payload.size() < 65536) {
    bytes += static_cast<char>(0xfe);
    big(2);
  } else {
    bytes += static_cast<char>(0xff);
    big(8);
  }
  bytes.append(key.data(), key.size());
  for (std::size_t i = 0; i < payload.size(); ++i) bytes += static_cast<char>(payload[i] ^ key[i % 4]);
  return bytes;
}

}  // namespace encke::load
