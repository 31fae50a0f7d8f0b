// SPDX-License-Identifier: MIT
// TLS records as far as the engine looks into them: where one ends, and how large a ClientHello is announced to be
// (RFC 8446 4 and 5.1). OpenSSL parses the rest; it reserves what a message announces, so that is checked before.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace encke::tls {

inline constexpr std::size_t record_header = 5;
/// RFC 5246 6.2.3 (TLS 1.3 allows less); what is larger is passed on at once, to be refused with an alert.
inline constexpr std::size_t max_record_payload = 16384 + 2048;
/// RFC 8446 4.1.2 sets none and browsers send up to two thousand bytes. With its header this fits into the buffer that
/// OpenSSL takes in any case.
inline constexpr std::size_t max_client_hello = 16384 - 4;

enum class content_type : std::uint8_t { change_cipher_spec = 20, alert = 21, handshake = 22, application_data = 23 };

/// The type of a record that begins with `input`, which must not be empty.
[[nodiscard]] inline content_type type_of(std::string_view input) {
  return static_cast<content_type>(static_cast<std::uint8_t>(input[0]));
}

/// Bytes of the first record in `input` when all of it is there, else 0. A header that cannot be right counts as a
/// record without payload.
[[nodiscard]] std::size_t first_record(std::string_view input) noexcept;

/// Follows the unencrypted handshake messages of a client, cut into records in any way, by their announced sizes.
class hello_guard {
 public:
  /// Takes the payload of the next handshake record; false if a message in it announces more than `max_client_hello`.
  [[nodiscard]] bool feed(std::string_view payload) noexcept;

  /// What all messages so far announced, together.
  [[nodiscard]] std::size_t announced() const noexcept { return announced_; }

 private:
  std::array<std::uint8_t, 4> header_{};  // type and 24-bit length
  std::size_t header_size_ = 0;
  std::size_t left_ = 0;  // of the message that has begun
  std::size_t announced_ = 0;
};

}  // namespace encke::tls
