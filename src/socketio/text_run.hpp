// SPDX-License-Identifier: MIT
// The two inner loops of reading and writing JSON strings: the run of bytes that mean only themselves, and one
// character of UTF-8. Used by json_text and json_write.
#pragma once

#include <cstddef>
#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace encke::socketio {

/// True for bytes that may stand in a JSON string as they are and are a whole character.
inline bool is_plain(char c) noexcept {
  // Bytes of multi-byte characters are negative here.
  return static_cast<signed char>(c) >= 0x20 && c != '"' && c != '\\';
}

/// The first byte from `p` on that is not plain, or `end`.
inline const char* plain_run(const char* p, const char* end) noexcept {
#ifdef __SSE2__
  const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(0x20);
  for (; end - p >= 16; p += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i special = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)),
                                         _mm_cmplt_epi8(bytes, space));  // signed: also bytes of multi-byte characters
    const int mask = _mm_movemask_epi8(special);
    if (mask != 0) return p + __builtin_ctz(static_cast<unsigned>(mask));
  }
#endif
  while (p != end && is_plain(*p)) ++p;
  return p;
}

/// One character of UTF-8, or how many bytes of one there are before it turns out to be invalid.
struct utf8_character {
  std::size_t size;  ///< at least 1
  bool valid;
};

/// Looks at the character at `p`, which is not `end`. An invalid one counts as its maximal subpart, so that each makes
/// one U+FFFD.
inline utf8_character utf8_at(const char* p, const char* end) noexcept {
  const auto lead = static_cast<std::uint8_t>(*p);
  if (lead < 0x80) return {1, true};
  if (lead < 0xC2 || lead > 0xF4) return {1, false};
  const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  // RFC 3629 4: only the second byte's range depends on the lead (no overlong forms, no surrogates, no more than
  // U+10FFFF).
  std::uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  std::uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  for (std::size_t i = 1; i < size; ++i) {
    if (p + i == end) return {i, false};
    const auto byte = static_cast<std::uint8_t>(p[i]);
    if (byte < low || byte > high) return {i, false};
    low = 0x80;
    high = 0xBF;
  }
  return {size, true};
}

}  // namespace encke::socketio
