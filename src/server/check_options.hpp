// SPDX-License-Identifier: MIT
// Checks a server's options as a whole, before anything is built from them.
#pragma once

#include <encke/options.hpp>

namespace encke {

/// Throws std::invalid_argument naming everything that is wrong.
void check_options(const options&);

}  // namespace encke
