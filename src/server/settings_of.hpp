// SPDX-License-Identifier: MIT
// Turns the public options into the settings of each layer.
#pragma once

#include <encke/options.hpp>
#include <engineio/settings.hpp>
#include <http/cors.hpp>
#include <hub/core.hpp>
#include <server/processors.hpp>
#include <string>
#include <string_view>
#include <websocket/deflate.hpp>

namespace encke {

[[nodiscard]] engineio::settings engine_settings_of(const options&);
[[nodiscard]] hub::settings hub_settings_of(const options&);
[[nodiscard]] http::cors_policy cors_policy_of(const cors_options&);
[[nodiscard]] websocket::deflate_settings deflate_settings_of(const deflate_options&);
/// Without its last slash.
[[nodiscard]] std::string trimmed_path(std::string_view path);
/// How many workers, and what decides.
[[nodiscard]] processors workers_of(const options&);

}  // namespace encke
