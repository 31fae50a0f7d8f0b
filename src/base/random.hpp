// SPDX-License-Identifier: MIT
// Random bytes and ids. Ids are bearer secrets, so they come from OpenSSL's generator.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace encke::random {

/// Fills with cryptographically strong bytes. Throws std::runtime_error if the generator fails.
void fill(std::span<char> out);

inline constexpr std::size_t id_size = 20;

/// A session or socket id: `id_size` characters of [A-Za-z0-9_-], 112 random bits and the number of the worker that
/// owns it.
[[nodiscard]] std::string id(std::uint8_t worker);

/// No worker has this number: an id with it opens no session, and is told from one that does.
inline constexpr std::uint8_t no_worker = 255;

/// The worker number in an id made by `id`; nothing if the text is not 20 characters of the alphabet.
[[nodiscard]] std::optional<std::uint8_t> worker_of(std::string_view id) noexcept;

}  // namespace encke::random
