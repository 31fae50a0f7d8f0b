// SPDX-License-Identifier: MIT
// Claims: what the two JSON texts in a token must say (RFC 7515 4, RFC 7519 4). Called by `verifier`, with the header
// before and the payload after the signature was found good. Pure; every number is checked before arithmetic.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/storage_ptr.hpp>
#include <chrono>
#include <optional>
#include <string_view>

#include <encke/jwt.hpp>

namespace encke::jwt {

/// An object whose members have different names; nothing for any other text. Nesting is limited to 32.
[[nodiscard]] std::optional<boost::json::object> parse_object(std::string_view text,
                                                              boost::json::storage_ptr memory = {});

/// Why a token with this header is refused, if it is.
[[nodiscard]] std::optional<refusal> check_header(std::string_view header, algorithm expected);

/// True for 1 to 256 bytes without control characters. The text is UTF-8 already.
[[nodiscard]] bool is_user_id(std::string_view) noexcept;

/// The identity that the payload claims, if the claims are as the options demand at `now`.
[[nodiscard]] result<identity, refusal> read_claims(std::string_view payload, const options&,
                                                    std::chrono::system_clock::time_point now);

}  // namespace encke::jwt
