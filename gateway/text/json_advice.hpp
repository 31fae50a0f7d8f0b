// SPDX-License-Identifier: MIT
// Why a text is not JSON, in words that say what to do about it.
#pragma once

#include <encke/json_walk.hpp>
#include <string>
#include <string_view>

namespace encke::gateway {

/// A sentence without full stop, such as "a value is missing here". `deepest` is what the text was walked with;
/// `in_object` tells what was open at the end: an object, or else a list.
[[nodiscard]] std::string advice_on(const json_stop&, std::string_view text, std::size_t deepest, bool in_object);

}  // namespace encke::gateway
