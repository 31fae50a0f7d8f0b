// SPDX-License-Identifier: MIT
#include "frame.hpp"

#include <array>
#include <cstring>

#include "http.hpp"

namespace limit {
namespace {

struct header {
  std::size_t size = 0, payload = 0;
};

std::uint64_t big_endian(const char* bytes, std::size_t size) noexcept {
  std::uint64_t value = 0;
  for (std::size_t at = 0; at < size; ++at) value = value << 8 | static_cast<unsigned char>(bytes[at]);
  return value;
}

// The sizes without a mask; `available` bytes must be two at least. All zero if the length is not all there.
header sizes(const char* bytes, std::size_t available) noexcept {
  const std::size_t length = bytes[1] & 0x7f;
  if (length < 126) return {2, length};
  const std::size_t more = length == 126 ? 2 : 8;
  if (available < 2 + more) return {};
  return {2 + more, big_endian(bytes + 2, more)};
}

void unmask(char* data, std::size_t size, const char* key) noexcept {
  std::array<char, 8> twice{};
  std::memcpy(twice.data(), key, 4);
  std::memcpy(twice.data() + 4, key, 4);
  std::uint64_t mask = 0;
  std::memcpy(&mask, twice.data(), 8);
  std::size_t at = 0;
  for (; at + 32 <= size; at += 32) {
    std::array<std::uint64_t, 4> words{};
    std::memcpy(words.data(), data + at, 32);
    for (auto& word : words) word ^= mask;
    std::memcpy(data + at, words.data(), 32);
  }
  for (; at < size; ++at) data[at] = static_cast<char>(data[at] ^ twice[at % 8]);
}

}  // namespace

framing read(char* bytes, std::size_t size, frame& into, std::size_t& used) noexcept {
  if (size < 2) return framing::incomplete;
  const unsigned first = static_cast<unsigned char>(bytes[0]);
  const unsigned code = first & 0x0f;
  // RFC 6455 5.1, 5.2: FIN, no reserved bit, masked. Fragments and binary messages are not in this application.
  if ((first & 0xf0) != 0x80 || (bytes[1] & 0x80) == 0 || (code != 1 && (code < 8 || code > 10))) return framing::bad;
  const auto [head, payload] = sizes(bytes, size);
  if (head == 0) return framing::incomplete;
  if (payload > largest_body) return framing::too_big;
  if (code >= 8 && payload > 125) return framing::bad;
  if (size < head + 4 + payload) return framing::incomplete;
  unmask(bytes + head + 4, payload, bytes + head);
  into = {static_cast<opcode>(code), {bytes + head + 4, payload}};
  used = head + 4 + payload;
  return framing::whole;
}

void append_header(std::string& out, opcode code, std::size_t size) {
  std::array<char, 10> head{static_cast<char>(0x80 | static_cast<unsigned>(code))};
  std::size_t used = 2;
  if (size < 126) {
    head[1] = static_cast<char>(size);
  } else {
    const std::size_t more = size < 65'536 ? 2 : 8;
    head[1] = more == 2 ? 126 : 127;
    for (std::size_t at = 0; at < more; ++at) head[2 + at] = static_cast<char>(size >> 8 * (more - 1 - at));
    used += more;
  }
  out.append(head.data(), used);
}

void append_contents(std::string& out, std::string_view frames, char separator) {
  while (!frames.empty()) {
    const auto [head, payload] = sizes(frames.data(), frames.size());
    if (!out.empty()) out.push_back(separator);
    out.append(frames.substr(head, payload));
    frames.remove_prefix(head + payload);
  }
}

}  // namespace limit
