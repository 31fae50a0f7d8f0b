// SPDX-License-Identifier: MIT
// The date of an answer (RFC 9110 5.6.7, 6.6.1), as text that is made once for all answers of a second.
#pragma once

#include <array>
#include <chrono>
#include <string_view>

namespace encke::http {

using date_text = std::array<char, 29>;

/// "Sun, 06 Nov 1994 08:49:37 GMT": an IMF-fixdate. The year has four digits: 0 to 9999.
[[nodiscard]] date_text date_of(std::chrono::sys_seconds) noexcept;

/// Today's date on a clock that is looked at once a second. For one thread.
class date_clock {
 public:
  /// The date when `now` is the time of the steady clock, at most a second old.
  [[nodiscard]] std::string_view at(std::chrono::steady_clock::time_point now) noexcept {
    if (now >= good_until_) renew(now);
    return {text_.data(), text_.size()};
  }

 private:
  void renew(std::chrono::steady_clock::time_point now) noexcept;

  date_text text_{};
  std::chrono::steady_clock::time_point good_until_{};
};

}  // namespace encke::http
