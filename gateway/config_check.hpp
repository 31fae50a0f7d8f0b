// SPDX-License-Identifier: MIT
// What one setting alone cannot say: rules between settings, and the files they name.
// `load_config` runs this once all sources are read. Files are opened for reading, nothing is changed.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "gateway/config.hpp"

namespace encke::gateway {

/// Tells of a fault of the setting `name` ("auth.secret"); the receiver knows where it was set.
using refuse_function = std::function<void(std::string_view name, std::string message)>;

/// Checks all tables, or with `tokens` only [auth]. Fills `auth.accepted`.
void check_settings(config&, check_scope, const refuse_function&);

}  // namespace encke::gateway
