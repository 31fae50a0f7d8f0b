// SPDX-License-Identifier: MIT
#include "bench/load/payload.hpp"

#include <algorithm>
#include <charconv>

namespace encke::load {

namespace {

constexpr char separator = '\x1e';

// Server texts may hold more than ASCII: a length counts characters of UTF-16.
std::size_t bytes_of(std::string_view text, std::size_t characters) noexcept {
  std::size_t at = 0;
  while (characters > 0 && at < text.size()) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t width = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    at += width;
    characters -= std::min<std::size_t>(characters, width == 4 ? 2 : 1);
  }
  return std::min(at, text.size());
}

}  // namespace

void append_packet(std::string& body, std::string_view packet, unsigned eio) {
  if (eio == 3) {
    body += std::to_string(packet.size());
    body += ':';
  } else if (!body.empty()) {
    body += separator;
  }
  body += packet;
}

std::string_view take_packet(std::string_view& body, unsigned eio) noexcept {
  std::size_t start = 0, size = 0, next = 0;
  if (eio == 3) {
    std::size_t characters = 0;
    const auto parsed = std::from_chars(body.data(), body.data() + body.size(), characters);
    if (parsed.ec != std::errc{} || parsed.ptr == body.data() + body.size() || *parsed.ptr != ':') return {};
    start = static_cast<std::size_t>(parsed.ptr - body.data()) + 1;
    size = bytes_of(body.substr(start), characters);
    next = start + size;
  } else {
    size = std::min(body.find(separator), body.size());
    next = std::min(size + 1, body.size());
  }
  const auto packet = body.substr(start, size);
  body.remove_prefix(next);
  return packet;
}

}  // namespace encke::load
