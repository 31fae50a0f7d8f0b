// SPDX-License-Identifier: MIT
#include "gateway/process/environment.hpp"

#include <unistd.h>

namespace encke::gateway {

environment process_environment() {
  environment all;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) all.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return all;
}

std::string value_of(const environment& variables, std::string_view name) {
  for (const auto& [variable, value] : variables)
    if (variable == name) return value;
  return {};
}

}  // namespace encke::gateway
