// SPDX-License-Identifier: MIT
// Byte queue: bytes waiting at one end of a TLS engine, as one contiguous piece, charged to purpose::tls.
// It holds no memory while it is empty.
#pragma once

#include <encke/ledger.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace encke::tls {

class byte_queue {
 public:
  [[nodiscard]] std::string_view view() const noexcept {
    return {bytes_.data() + consumed_, bytes_.size() - consumed_};
  }
  [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }

  void append(std::string_view more) {
    if (consumed_ > bytes_.size() / 2) {  // less to move than there is to win
      bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(consumed_));
      consumed_ = 0;
    }
    bytes_.insert(bytes_.end(), more.begin(), more.end());
  }

  /// Makes room for `more` bytes in one step.
  void reserve(std::size_t more) {
    const std::size_t needed = bytes_.size() + more;
    if (needed > bytes_.capacity()) bytes_.reserve(std::max(needed, bytes_.capacity() * 2));
  }

  void consume(std::size_t bytes) noexcept {
    consumed_ += std::min(bytes, bytes_.size() - consumed_);
    if (consumed_ == bytes_.size()) clear();
  }

  /// Bytes of memory that it holds.
  [[nodiscard]] std::size_t held() const noexcept { return ledger::set_aside(bytes_.capacity()); }

  void clear() noexcept {
    storage{}.swap(bytes_);
    consumed_ = 0;
  }

 private:
  using storage = ledger::vector<char, ledger::purpose::tls>;
  storage bytes_;
  std::size_t consumed_ = 0;
};

}  // namespace encke::tls
