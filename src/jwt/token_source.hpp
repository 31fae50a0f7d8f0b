// SPDX-License-Identifier: MIT
// All tokens of a request, one after another, for the door, which may pass over some.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include <encke/jwt.hpp>

namespace encke::jwt {

/// False ends the visit. The token is not empty, and good until the visitor returns.
using token_visitor = std::function<bool(const token_source&, std::string_view token)>;

/// Visits the tokens of an HTTP request in the order of `lookup`: of a query or header there is one, of cookies as many
/// as have the name, in the order sent. Otherwise as find_in_request.
void each_token(std::span<const token_source> lookup, const query_getter& query, std::string_view cookie,
                std::string_view authorization, const token_visitor& visit);

}  // namespace encke::jwt
