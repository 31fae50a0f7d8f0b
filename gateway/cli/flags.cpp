// SPDX-License-Identifier: MIT
// Flags from the table of settings.
#include "gateway/cli/flags.hpp"

#include <fmt/format.h>

#include <iterator>

#include "gateway/settings/rows.hpp"
#include "gateway/text/nearest.hpp"
#include "gateway/text/quotes.hpp"

namespace encke::gateway {
namespace {

constexpr std::size_t most_input = 1024 * 1024 + 1;  // one byte more than a settings file may have

std::string read_all(std::istream& in) {
  std::string text(most_input, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

CLI::Option* add_setting(CLI::App& command, const setting& s, const config& defaults) {
  const auto names = s.alias.empty() || s.alias == s.flag() ? s.flag() : fmt::format("{},{}", s.flag(), s.alias);
  const auto shown = s.show(defaults);
  const auto help = fmt::format("{} [{}]", s.help, shown);
  if (s.type == value_type::boolean)
    return command.add_flag(names, shown == "true" ? fmt::format("{} Off: {}=false.", help, s.flag()) : help)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  // The texts are taken from `results()`: CLI11's own conversions know lists and braces of their own.
  return command
      .add_option(
          names, [](const CLI::results_t&) { return true; }, help)
      ->type_name(std::string{placeholder_of(s.type)})
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

}  // namespace

settings_flags::settings_flags(CLI::App& command, const std::function<bool(const setting&)>& matters) {
  command.add_flag_callback(
      "--help-all",
      [this] {
        wants_all_ = true;
        throw CLI::CallForHelp{};
      },
      "Print this help message with a flag for every setting, and exit");
  command.add_option("-c,--config", config_, "Settings file, TOML; \"-\" reads standard input. Also ENCKE_CONFIG.")
      ->type_name("FILE");
  command.add_flag("--dev", dev_, "Development: listen on this machine only, debug on, a secret of its own.");
  command.add_option("--state-dir", state_dir_, "Where the secret of --dev is kept. Also ENCKE_STATE_DIR.")
      ->type_name("FOLDER");
  const config defaults;
  for (const auto& s : all_settings()) {
    auto* option = add_setting(command, s, defaults);
    option->group(fmt::format("[{}]", s.table));
    if (!matters(s)) minor_.push_back(option);
    options_.emplace(s.flag(), option);
  }
}

config_sources settings_flags::sources(const environment& variables, std::istream& in) const {
  config_sources sources;
  sources.environment = variables;
  sources.dev = dev_;
  sources.file = config_.empty() ? value_of(variables, "ENCKE_CONFIG") : config_;
  sources.state_dir = state_dir_.empty() ? value_of(variables, "ENCKE_STATE_DIR") : state_dir_;
  if (sources.file == "-") {
    sources.file = "standard input";
    sources.file_text = read_all(in);
  }
  for (const auto& [name, option] : options_)
    if (option->count() != 0) sources.flags.emplace(name, option->results());
  return sources;
}

void settings_flags::prepare_help() const {
  if (wants_all_) return;
  for (auto* option : minor_) option->group("");  // CLI11 does not show these, nor name them in what it complains about
}

std::vector<settings_fault> unknown_arguments(const CLI::App& command) {
  std::vector<std::string> known{"--help"};
  for (const auto* option : command.get_options())
    for (const auto& name : option->get_lnames()) known.push_back("--" + name);
  std::vector<settings_fault> faults;
  bool is_after_flag = false;
  for (const auto& argument : command.remaining()) {
    const bool is_flag = argument.size() > 1 && argument.starts_with('-');
    if (is_flag) {
      // Of "-pvalue" and "--flag=value" the value stays out.
      const auto name = argument.substr(0, argument.starts_with("--") ? argument.find('=') : 2);
      const auto shown = in_quotes(name);
      faults.push_back(
          {.where = shown.substr(1, shown.size() - 2), .message = "unknown flag" + did_you_mean(name, known)});
    } else if (!is_after_flag) {
      const bool reads_settings = command.get_option_no_throw("--config") != nullptr;
      faults.push_back({.where = {},
                        .message = reads_settings ? "unexpected argument: settings files are given with --config FILE"
                                                  : "unexpected argument"});
    }
    is_after_flag = is_flag && argument.find('=') == std::string::npos;
  }
  return faults;
}

}  // namespace encke::gateway
