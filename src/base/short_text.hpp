// SPDX-License-Identifier: MIT
// Short text: text that never changes, in 24 bytes. Ids and names of rooms are kept by the ten thousand, and nearly all
// of them fit in place; a longer one goes to the heap and is charged to purpose P.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <encke/ledger.hpp>
#include <string_view>

namespace encke {

template <ledger::purpose P>
class short_text {
 public:
  explicit short_text(std::string_view text) {
    if (text.size() <= most_in_place) {
      text.copy(bytes_.data(), text.size());
      bytes_.back() = static_cast<char>(text.size());
      return;
    }
    const far_text far{allocator{}.allocate(text.size()), text.size()};
    text.copy(far.data, text.size());
    std::memcpy(bytes_.data(), &far, sizeof far);
    bytes_.back() = is_far;
  }
  short_text(const short_text&) = delete;
  short_text& operator=(const short_text&) = delete;
  ~short_text() {
    if (bytes_.back() != is_far) return;
    const auto far = far_one();
    allocator{}.deallocate(far.data, far.size);
  }

  [[nodiscard]] std::string_view view() const noexcept {
    if (bytes_.back() != is_far) return {bytes_.data(), static_cast<std::size_t>(bytes_.back())};
    const auto far = far_one();
    return {far.data, far.size};
  }
  operator std::string_view() const noexcept { return view(); }
  /// Bytes of memory besides the object's own.
  [[nodiscard]] std::size_t held() const noexcept {
    return bytes_.back() == is_far ? ledger::set_aside(far_one().size) : 0;
  }

 private:
  struct far_text {
    char* data;
    std::size_t size;
  };
  using allocator = ledger::allocator<char, P>;
  static constexpr std::size_t most_in_place = 23;
  static constexpr char is_far = 127;

  [[nodiscard]] far_text far_one() const noexcept {
    far_text far;
    std::memcpy(&far, bytes_.data(), sizeof far);
    return far;
  }

  alignas(std::uint64_t) std::array<char, most_in_place + 1> bytes_;  // the text and its size; or a far_text
};

}  // namespace encke
