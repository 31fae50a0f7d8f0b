// SPDX-License-Identifier: MIT
// Compression of answers (RFC 9110 8.4.1): which coding a client takes, and the bytes. Each thread has one compressor,
// made when first needed.
#pragma once

#include <cstdint>
#include <string_view>

namespace encke::http {

enum class coding : std::uint8_t {
  identity,  ///< as it is
  gzip,
  deflate,  ///< with a zlib header
};

/// The name in Content-Encoding; "" for identity.
[[nodiscard]] std::string_view to_string(coding) noexcept;

/// The coding that an Accept-Encoding value likes best, gzip among equals; identity if it names neither of the others.
[[nodiscard]] coding best_coding(std::string_view accepted) noexcept;

/// Compresses a body; the level is zlib's, 1 to 9. The bytes lie in memory of the thread until its next call.
[[nodiscard]] std::string_view compress(std::string_view body, coding, int level);

}  // namespace encke::http
