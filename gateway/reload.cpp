// SPDX-License-Identifier: MIT
#include "gateway/reload.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <encke/server.hpp>
#include <exception>
#include <memory>
#include <utility>

#include "gateway/api/access.hpp"
#include "gateway/clients/door.hpp"
#include "gateway/log/log.hpp"
#include "gateway/settings/rows.hpp"

namespace encke::gateway {

namespace {

/// True if it was swapped.
bool swap(const config& fresh, const reload_target& to) {
  const bool is_guarded = to.guard && fresh.auth.enabled;
  try {
    logger::target log_file{fresh.log};
    const auto tokens = is_guarded ? door::tokens_of(fresh.auth) : nullptr;
    if (to.running.tls.is_on() && fresh.tls.is_on()) to.io.reload_certificates({fresh.tls.certificate, fresh.tls.key});
    if (tokens) to.guard->change(tokens);
    to.keys.replace(fresh.api.keys);
    to.log.turn_to(std::move(log_file));
    return true;
  } catch (const std::exception& error) {
    to.log.write(log_level::error, "not reloaded", log_fields{}.add("error", error.what()));
    return false;
  }
}

}  // namespace

std::vector<std::string> changes_that_wait(const config& running, const config& fresh) {
  std::vector<std::string> names;
  for (const auto& one : all_settings()) {
    const bool is_swapped = one.is_reloaded() && (one.table != "tls" || running.tls.is_on() == fresh.tls.is_on());
    if (!is_swapped && one.show(running) != one.show(fresh)) names.push_back(one.name());
  }
  return names;
}

void reload(const config_sources& sources, const reload_target& to) {
  const auto loaded = load_config(sources);
  for (const auto& fault : loaded.faults) to.log.write(log_level::error, "not reloaded: " + to_string(fault));
  if (!loaded.faults.empty() || !swap(loaded.settings, to)) return;
  for (const auto& warning : loaded.settings.warnings) to.log.write(log_level::warning, warning);
  for (const auto& [name, by] : loaded.outdone)
    to.log.write(log_level::warning, "the value in the file is not used",
                 log_fields{}.add("setting", name).add("instead", by));
  if (const auto waiting = changes_that_wait(to.running, loaded.settings); !waiting.empty())
    to.log.write(log_level::warning, "settings changed that wait for a restart",
                 log_fields{}.add("settings", fmt::format("{}", fmt::join(waiting, ", "))));
  to.log.write(log_level::info, "reloaded");
}

}  // namespace encke::gateway
