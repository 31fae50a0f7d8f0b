// SPDX-License-Identifier: MIT
// Keys of the HTTP API: made here, kept by the backend; the gateway knows only their SHA-256.
// Keys carry 256 random bits, so a plain digest is enough: there is nothing to guess.
// Used by the settings, by `encke hash-key` and by the HTTP API.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace encke::gateway {

/// Who may call the HTTP API: the SHA-256 of the key, never the key.
struct api_key {
  std::string name;
  std::array<unsigned char, 32> hash{};

  friend bool operator==(const api_key&, const api_key&) = default;
};

/// A shorter key is refused by `encke hash-key`: it could be guessed from its hash.
inline constexpr std::size_t least_key_length = 20;

/// A new key, "encke_" and 43 characters of [A-Za-z0-9_-]. Throws std::runtime_error if the generator fails.
[[nodiscard]] std::string make_key();

/// "sha256:" and 64 hex digits.
[[nodiscard]] std::string hash_of_key(std::string_view key);

/// The digest in "sha256:<64 hex digits>"; nothing if it is not that.
[[nodiscard]] std::optional<std::array<unsigned char, 32>> parse_key_hash(std::string_view text);
[[nodiscard]] std::string format_key_hash(const std::array<unsigned char, 32>&);

/// The entry whose key was presented, or nullptr. Takes the same time wherever digests differ, and looks at all.
[[nodiscard]] const api_key* find_key(std::span<const api_key>, std::string_view presented);

}  // namespace encke::gateway
