// SPDX-License-Identifier: MIT
// Arguments that do not fit a handler's parameters, in words.
#pragma once

#include <encke/read.hpp>
#include <string>

namespace encke::hub {

/// `argument 0, items[2].name is a number, and the handler takes a string`.
[[nodiscard]] std::string in_words(const detail::misfit&);

}  // namespace encke::hub
