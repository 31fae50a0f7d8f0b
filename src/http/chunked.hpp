// SPDX-License-Identifier: MIT
// Undoes the chunked transfer coding (RFC 9112 7.1) as bytes arrive. request_parser owns one while a chunked body is
// read. It keeps no bytes: what it cannot use yet stays with the caller and is offered again.
#pragma once

#include "http/error.hpp"
#include "http/request.hpp"

#include <cstdint>

namespace encke::http {

class chunked {
 public:
  /// Reads from the front of `bytes`, appends data to `body`, and gives the number of bytes it is through with.
  /// Fails with body_too_large before `body` would grow past `limit`, and with bad_chunk. An error is final.
  [[nodiscard]] result<std::size_t, error> decode(std::string_view bytes, request::string& body, std::size_t limit);

  /// The last chunk and the trailer section have been read.
  [[nodiscard]] bool is_done() const noexcept { return state_ == state::done; }

 private:
  enum class state : std::uint8_t { size, data, end_of_data, trailer, done };

  [[nodiscard]] bool read_size(std::string_view line);
  [[nodiscard]] bool read_trailer(std::string_view line);

  state state_ = state::size;
  std::uint64_t left_ = 0;      // of the chunk being read
  std::size_t extensions_ = 0;  // bytes of chunk extensions so far
  std::size_t trailers_ = 0;    // bytes of the trailer section so far
};

}  // namespace encke::http
