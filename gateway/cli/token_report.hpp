// SPDX-License-Identifier: MIT
// What `encke check-token` says about a token, with the names of claims and settings that clients are not told.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "gateway/settings/config.hpp"

namespace encke::gateway {

/// Why the token is refused at `now`: a sentence. Claims are quoted only where the signature was found good.
[[nodiscard]] std::string explain(jwt::refusal, std::string_view token, const auth_settings&,
                                  std::chrono::system_clock::time_point now);

/// What is worth knowing of a good token: "expired 1s ago, within `auth.leeway` (30s)"; "" if nothing is.
[[nodiscard]] std::string remark_on(const jwt::identity&, const auth_settings&,
                                    std::chrono::system_clock::time_point now);

}  // namespace encke::gateway
