// SPDX-License-Identifier: MIT
// Hints for names that commands do not know: the nearest of ours, or ours for a word of another product.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace encke::gateway {

/// ", did you mean `args`?", or "" if none of the known names comes to mind.
[[nodiscard]] std::string hint_for(std::string_view name, std::span<const std::string> known);

}  // namespace encke::gateway
