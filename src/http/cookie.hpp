// SPDX-License-Identifier: MIT
// Looks a cookie up in a Cookie field (RFC 6265 4.2), tolerant of what browsers send.
#pragma once

#include <optional>
#include <string_view>

namespace encke::http {

/// The value of the next cookie of that name, without surrounding quotes; what is behind it stays in `cookie_header`.
/// Names are compared with case. Nothing if there is none.
[[nodiscard]] std::optional<std::string_view> next_cookie(std::string_view& cookie_header,
                                                          std::string_view name) noexcept;
/// The first of them.
[[nodiscard]] std::optional<std::string_view> cookie(std::string_view cookie_header, std::string_view name) noexcept;

}  // namespace encke::http
