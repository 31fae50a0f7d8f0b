// SPDX-License-Identifier: MIT
// The nearest known name of a misspelt one: for settings, flags, commands and members of a body.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace encke::gateway {

/// The candidate a person most likely meant; empty if none is near. A candidate of which `name` is the last part
/// ("secret" of "auth.secret") is near.
[[nodiscard]] std::string_view nearest(std::string_view name, std::span<const std::string> candidates);
/// ", did you mean `x`?", or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

}  // namespace encke::gateway
