// SPDX-License-Identifier: MIT
// UTF-8 checks behind utf8.hpp. One table of lead bytes (RFC 3629 4) serves validation and replacement; runs of ASCII,
// which most traffic is, pass eight bytes at a time.
#include "base/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace encke::utf8 {
namespace {

// What has to follow: `remaining` bytes, of which the next lies in [low, high] and the others in [0x80, 0xBF].
struct expectation {
  std::uint8_t remaining = 0;
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xBF;
};

constexpr std::uint8_t invalid = 0xFF;  // as `remaining`: no character starts with this byte
constexpr std::uint32_t refused = 0xFFFFFFFF;

constexpr expectation after_lead(unsigned lead) {
  if (lead < 0x80) return {};
  if (lead < 0xC2) return {invalid, 0, 0};  // a continuation, or the lead of an overlong pair
  if (lead < 0xE0) return {1, 0x80, 0xBF};
  if (lead == 0xE0) return {2, 0xA0, 0xBF};  // below: overlong
  if (lead == 0xED) return {2, 0x80, 0x9F};  // above: surrogates
  if (lead < 0xF0) return {2, 0x80, 0xBF};
  if (lead == 0xF0) return {3, 0x90, 0xBF};  // below: overlong
  if (lead < 0xF4) return {3, 0x80, 0xBF};
  if (lead == 0xF4) return {3, 0x80, 0x8F};  // above: past U+10FFFF
  return {invalid, 0, 0};
}

constexpr auto leads = [] {
  std::array<expectation, 256> table{};
  for (unsigned byte = 0; byte < 256; ++byte) table[byte] = after_lead(byte);
  return table;
}();

constexpr std::uint32_t pack(expectation e) {
  return e.remaining == 0 ? 0U : e.remaining | std::uint32_t{e.low} << 8 | std::uint32_t{e.high} << 16;
}

constexpr expectation unpack(std::uint32_t state) {
  if (state == 0) return {};
  return {static_cast<std::uint8_t>(state), static_cast<std::uint8_t>(state >> 8),
          static_cast<std::uint8_t>(state >> 16)};
}

std::uint8_t byte_at(const char* at) {
  return static_cast<std::uint8_t>(*at);
}

bool is_continuation(char c) {
  return (static_cast<std::uint8_t>(c) & 0xC0) == 0x80;
}

template <std::size_t Words>
bool are_ascii_words(const char* at) {
  std::array<std::uint64_t, Words> words;
  std::memcpy(words.data(), at, sizeof words);
  std::uint64_t all = 0;
  for (const auto word : words) all |= word;
  return (all & 0x8080808080808080) == 0;
}

bool is_ascii_word(const char* at) {
  return are_ascii_words<1>(at);
}

const char* skip_ascii(const char* at, const char* end) {
  const char* const begin = at;
  while (end - at >= 32 && are_ascii_words<4>(at)) at += 32;
  while (end - at >= 8 && is_ascii_word(at)) at += 8;
  if (end - at < 8 && end - begin >= 8 && is_ascii_word(end - 8)) return end;  // some were seen before: no matter
  while (at != end && byte_at(at) < 0x80) ++at;
  return at;
}

// The end of the character that starts at `at`, or of its longest start that could still become one. `complete` tells
// which.
const char* walk_character(const char* at, const char* end, bool& complete) {
  expectation expected = leads[byte_at(at++)];
  complete = false;
  if (expected.remaining == invalid) return at;
  for (; expected.remaining != 0; --expected.remaining, ++at) {
    if (at == end || byte_at(at) < expected.low || byte_at(at) > expected.high) return at;
    expected.low = 0x80;
    expected.high = 0xBF;
  }
  complete = true;
  return at;
}

}  // namespace

bool validator::feed(std::string_view piece) noexcept {
  if (state_ == refused) return false;
  const char* at = piece.data();
  const char* const end = at + piece.size();
  expectation expected = unpack(state_);
  while (true) {
    if (expected.remaining == 0) {
      at = skip_ascii(at, end);
      if (at == end) break;
      expected = leads[byte_at(at++)];
      if (expected.remaining == invalid) {
        state_ = refused;
        return false;
      }
    }
    if (at == end) break;
    const std::uint8_t byte = byte_at(at++);
    if (byte < expected.low || byte > expected.high) {
      state_ = refused;
      return false;
    }
    expected = {static_cast<std::uint8_t>(expected.remaining - 1), 0x80, 0xBF};
  }
  state_ = pack(expected);
  return true;
}

bool is_valid(std::string_view text) noexcept {
  validator check;
  return check.feed(text) && check.complete();
}

std::string replace_invalid(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  const char* at = text.data();
  const char* const end = at + text.size();
  const char* copied = at;
  while ((at = skip_ascii(at, end)) != end) {
    bool complete = false;
    const char* next = walk_character(at, end, complete);
    if (!complete) {
      out.append(copied, at);
      out += "\xEF\xBF\xBD";
      copied = next;
    }
    at = next;
  }
  out.append(copied, end);
  return out;
}

std::size_t utf16_length(std::string_view text) noexcept {
  std::size_t units = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text.size() - at >= 8 && is_ascii_word(text.data() + at)) {
      units += 8;
      at += 8;
      continue;
    }
    const std::size_t stop = std::min(text.size(), at + 8);
    for (; at < stop; ++at) units += (is_continuation(text[at]) ? 0U : 1U) + (byte_at(&text[at]) >= 0xF0 ? 1U : 0U);
  }
  return units;
}

std::size_t bytes_of_utf16_units(std::string_view text, std::size_t units) noexcept {
  if (units == 0) return 0;
  std::size_t at = 0;
  while (true) {
    while (at < text.size() && is_continuation(text[at])) ++at;
    if (units == 0) return at;
    if (at == text.size()) return std::string_view::npos;
    if (units >= 8 && text.size() - at >= 8 && is_ascii_word(text.data() + at)) {
      at += 8;
      units -= 8;
      continue;
    }
    const std::size_t size = byte_at(&text[at]) >= 0xF0 ? 2 : 1;
    if (size > units) return std::string_view::npos;
    units -= size;
    ++at;
  }
}

}  // namespace encke::utf8
