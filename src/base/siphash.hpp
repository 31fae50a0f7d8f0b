// SPDX-License-Identifier: MIT
// SipHash (Aumasson and Bernstein, 2012): a hash of bytes under a secret key of 128 bits. Who does not know the key
// cannot find texts whose hashes are equal more often than by chance. Pure.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace encke {

struct siphash_key {
  std::uint64_t low, high;  // bytes 0 to 7 and 8 to 15, each little-endian
};

namespace detail {

template <class Word>
[[nodiscard]] std::uint64_t load(const char* from) noexcept {
  static_assert(std::endian::native == std::endian::little);
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

/// The bytes behind the last whole word of eight.
[[nodiscard]] inline std::uint64_t load_rest(std::string_view text) noexcept {
  const auto count = text.size() % 8;
  const char* const at = text.data() + text.size() - count;
  if (count == 0) return 0;
  if (text.size() > 8) return load<std::uint64_t>(at + count - 8) >> 8 * (8 - count);
  // Pieces may overlap: what is there twice is the same.
  if (count >= 4) return load<std::uint32_t>(at) | load<std::uint32_t>(at + count - 4) << 8 * (count - 4);
  const auto byte = [at](std::size_t i) { return load<unsigned char>(at + i) << 8 * i; };
  return byte(0) | byte(count / 2) | byte(count - 1);
}

}  // namespace detail

/// SipHash-c-d: `c` rounds for each word of the text, `d` at the end. 2-4 is the authors' choice against forgery, 1-3
/// the usual one for hash tables.
template <unsigned c = 1, unsigned d = 3>
[[nodiscard]] std::uint64_t siphash(const siphash_key& key, std::string_view text) noexcept {
  std::uint64_t v0 = key.low ^ 0x736f6d6570736575, v1 = key.high ^ 0x646f72616e646f6d;
  std::uint64_t v2 = key.low ^ 0x6c7967656e657261, v3 = key.high ^ 0x7465646279746573;
  const auto mix = [&](unsigned rounds) {
    for (; rounds > 0; --rounds) {
      v0 += v1;
      v2 += v3;
      v1 = std::rotl(v1, 13) ^ v0;
      v3 = std::rotl(v3, 16) ^ v2;
      v0 = std::rotl(v0, 32);
      v2 += v1;
      v0 += v3;
      v1 = std::rotl(v1, 17) ^ v2;
      v3 = std::rotl(v3, 21) ^ v0;
      v2 = std::rotl(v2, 32);
    }
  };
  const auto take = [&](std::uint64_t word) {
    v3 ^= word;
    mix(c);
    v0 ^= word;
  };
  for (std::size_t at = 0; at + 8 <= text.size(); at += 8) take(detail::load<std::uint64_t>(text.data() + at));
  take(detail::load_rest(text) | std::uint64_t{text.size()} << 56);
  v2 ^= 0xff;
  mix(d);
  return v0 ^ v1 ^ v2 ^ v3;
}

}  // namespace encke
