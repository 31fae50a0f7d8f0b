// SPDX-License-Identifier: MIT
// What one setting alone cannot say: rules between settings, and the files they name.
// `load_config` runs this once all sources are read. Files are opened for reading, nothing is changed.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "gateway/settings/config.hpp"

namespace encke::gateway {

/// Tells of the setting `name` ("auth.secret"); the receiver knows where it was set.
using tell_function = std::function<void(std::string_view name, std::string message)>;

/// Who hears what is found.
struct check_report {
  tell_function refuse;                                 ///< of a fault
  tell_function warn;                                   ///< of what works and is likely not meant
  std::function<bool(std::string_view name)> is_given;  ///< false: the setting has its default
};

/// Checks all tables, or with `tokens` only [auth]. Fills what `load_config` does of `auth`.
void check_settings(config&, check_scope, const check_report&);

}  // namespace encke::gateway
