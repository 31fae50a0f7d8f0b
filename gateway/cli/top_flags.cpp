// SPDX-License-Identifier: MIT
#include "gateway/cli/top_flags.hpp"

#include <fmt/format.h>

#include "gateway/cli/flags.hpp"
#include "gateway/settings/listen_address.hpp"
#include "gateway/text/units.hpp"

namespace encke::gateway {

namespace {

/// The address that a gateway with this environment listens on, as seen from this machine.
std::string own_api(const environment& variables) {
  std::string ignored;
  const auto listen = parse_address(value_of(variables, "ENCKE_API_LISTEN"), ignored);
  if (!listen || listen->is_off() || listen->port == 0) return "http://127.0.0.1:9090";
  const auto host = listen->host == "0.0.0.0" ? "127.0.0.1" : listen->host == "::" ? "::1" : listen->host;
  return "http://" + format_address({host, listen->port});
}

/// As the terminal's programs find out: the first of these that is set.
bool speaks_unicode(const environment& variables) {
  for (const auto* name : {"LC_ALL", "LC_CTYPE", "LANG"})
    if (const auto locale = value_of(variables, name); !locale.empty())
      return locale.find("UTF-8") != std::string::npos || locale.find("utf8") != std::string::npos;
  return false;
}

}  // namespace

top_command::top_command(CLI::App& app)
    : command_{app.add_subcommand("top", "Watch a running gateway: memory, traffic, clients.")} {
  command_->allow_extras();
  command_->add_option("--api", api_, "Where its HTTP API is [http://127.0.0.1:9090, or as ENCKE_API_LISTEN says].")
      ->type_name("URL");
  command_->add_option("--key", key_, "A key of the API; \"-\" reads standard input. Better: ENCKE_API_KEY.")
      ->type_name("KEY");
  command_->add_option("--interval", interval_, "Between two looks, 200ms to 1m.")
      ->capture_default_str()
      ->type_name("DURATION");
  command_->add_option("--sort", sort_, "Whom to show first: by bytes, queued or waiting.")
      ->capture_default_str()
      ->type_name("ORDER");
  command_->add_flag("--once", once_, "Print one frame as plain text; so it is when the output is no terminal.");
  command_->footer("? shows the keys. Exit codes: 0 done, 1 the API cannot be reached, 2 wrong arguments.");
}

top_options top_command::options(const environment& variables, std::vector<settings_fault>& faults) const {
  faults = unknown_arguments(*command_);
  top_options options;
  std::string why;
  if (const auto url = parse_api_url(api_.empty() ? own_api(variables) : api_, why))
    options.api = *url;
  else
    faults.push_back({.where = "--api", .message = why});
  const auto interval = parse_duration(interval_, why);
  if (!interval)
    faults.push_back({.where = "--interval", .message = why});
  else if (*interval < shortest_interval || *interval > longest_interval)
    faults.push_back({.where = "--interval", .message = "must be from 200ms to 1m"});
  else
    options.interval = *interval;
  bool is_known = false;
  for (const auto sort : {top_sort::bytes, top_sort::queued, top_sort::waiting})
    if (sort_ == to_string(sort)) options.sort = sort, is_known = true;
  if (!is_known) faults.push_back({.where = "--sort", .message = "expected one of bytes, queued, waiting"});
  options.key = key_.empty() ? value_of(variables, "ENCKE_API_KEY") : key_;
  options.once = once_;
  options.unicode = speaks_unicode(variables);
  options.colors = value_of(variables, "NO_COLOR").empty();
  return options;
}

}  // namespace encke::gateway
