// SPDX-License-Identifier: MIT
// UTF-8: incremental validation (WebSocket text arrives in pieces), replacement, and UTF-16 counting (Engine.IO 3).
// Rejects overlong forms, surrogates and code points past U+10FFFF (RFC 3629).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace encke::utf8 {

/// Validates a text that arrives in pieces. Once it has said no it stays at no.
class validator {
 public:
  /// False as soon as no continuation could make the text valid.
  [[nodiscard]] bool feed(std::string_view piece) noexcept;
  /// True when the text so far is valid and does not end inside a character.
  [[nodiscard]] bool complete() const noexcept { return state_ == 0; }
  void reset() noexcept { state_ = 0; }

 private:
  std::uint32_t state_ = 0;
};

/// True if the whole text is valid.
[[nodiscard]] bool is_valid(std::string_view text) noexcept;

/// A copy in which every maximal invalid subpart is one U+FFFD (as browsers and Node decode).
[[nodiscard]] std::string replace_invalid(std::string_view text);

/// Number of UTF-16 code units of a valid text: characters past U+FFFF count two.
[[nodiscard]] std::size_t utf16_length(std::string_view text) noexcept;

/// Number of bytes that make up the first `units` UTF-16 code units of `text`, or npos when there are fewer or when
/// the cut would fall inside a surrogate pair. Counts by lead bytes, so the text need not be valid.
[[nodiscard]] std::size_t bytes_of_utf16_units(std::string_view text, std::size_t units) noexcept;

}  // namespace encke::utf8
