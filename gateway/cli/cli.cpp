// SPDX-License-Identifier: MIT
// The commands. Each is a function of what was given; `run_cli` only describes them to CLI11 and picks one.
#include "gateway/cli/cli.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <iostream>
#include <stdexcept>

#include "gateway/cli/flags.hpp"
#include "gateway/cli/token_report.hpp"
#include "gateway/cli/top_flags.hpp"
#include "gateway/process/environment.hpp"
#include "gateway/settings/keys.hpp"
#include "gateway/settings/rows.hpp"
#include "gateway/text/nearest.hpp"
#include "gateway/text/quotes.hpp"
#include "gateway/text/units.hpp"
#include "gateway/text/version.hpp"

namespace encke::gateway {
namespace {

constexpr int done = 0, failed = 1, misused = 2;
constexpr milliseconds longest_token = std::chrono::hours{24 * 3650};

int report(const std::vector<settings_fault>& faults, const cli_world& world) {
  for (const auto& f : faults) world.err << to_string(f) << '\n';
  return misused;
}

constexpr std::size_t most_line = 1024 * 1024 + 1;  // one byte more than a token may have

std::string first_line(std::istream& in) {
  std::string line;
  for (char c = 0; line.size() < most_line && in.get(c) && c != '\n';) line += c;
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

/// A command that reads settings: all faults, its own included, are told at once.
class settings_command {
 public:
  settings_command(CLI::App& app, const char* name, const char* help, check_scope scope)
      : command_{app.add_subcommand(name, help)}, scope_{scope} {
    command_->allow_extras();
    // Of a gateway what people try it with, of tokens all that is about them.
    flags_.emplace(*command_, [scope](const setting& s) {
      return scope == check_scope::tokens ? s.table == "auth" : !s.alias.empty();
    });
    command_->footer(fmt::format("Flags for all settings: encke {} --help-all", name));
  }
  [[nodiscard]] CLI::App& command() const { return *command_; }

  loaded_config load(const cli_world& world) {
    sources_ = flags_->sources(world.environment, world.in);
    auto loaded = load_config(sources_, scope_);
    auto unknown = unknown_arguments(*command_);
    loaded.faults.insert(loaded.faults.begin(), unknown.begin(), unknown.end());
    return loaded;
  }
  [[nodiscard]] const config_sources& sources() const { return sources_; }
  void prepare_help() const { flags_->prepare_help(); }

 private:
  CLI::App* command_;
  check_scope scope_;
  std::optional<settings_flags> flags_;
  config_sources sources_;
};

struct token_request {
  std::string user, lifetime = "1h";
  std::vector<std::string> claims;
};

std::optional<std::chrono::seconds> lifetime_of(const std::string& text, std::vector<settings_fault>& faults) {
  std::string why;
  const auto lifetime = parse_duration(text, why);
  if (!lifetime)
    faults.push_back({.where = "--ttl", .message = why});
  else if (*lifetime > longest_token || *lifetime % std::chrono::seconds{1} != milliseconds{0})
    faults.push_back({.where = "--ttl", .message = "must be whole seconds, at most 87600h (0s: does not expire)"});
  else
    return std::chrono::duration_cast<std::chrono::seconds>(*lifetime);
  return std::nullopt;
}

std::string claims_of(const std::vector<std::string>& claims, std::vector<settings_fault>& faults) {
  boost::json::object object;
  for (const auto& claim : claims) {
    const auto equals = claim.find('=');
    const auto name = claim.substr(0, equals);
    if (equals == std::string::npos || name.empty()) {
      faults.push_back({.where = "--claim", .message = "expected name=json, as in admin=true or 'role=\"editor\"'"});
      continue;
    }
    boost::system::error_code error;
    auto value = boost::json::parse(std::string_view{claim}.substr(equals + 1), error);
    if (error)
      faults.push_back({.where = "--claim",
                        .message = fmt::format("the value of {} is not JSON: a text needs quotes, as in '{}=\"...\"'",
                                               in_quotes(name), name)});
    else if (!object.emplace(name, std::move(value)).second)
      faults.push_back({.where = "--claim", .message = fmt::format("{} is given more than once", in_quotes(name))});
  }
  return boost::json::serialize(object);
}

void require_secret(const loaded_config& loaded, std::vector<settings_fault>& faults) {
  if (loaded.faults.empty() && loaded.settings.auth.accepted.empty())
    faults.push_back({.where = "auth.secret", .message = "not set: tokens cannot be made or checked without one"});
}

int run_serve(settings_command& command, const cli_world& world) {
  const auto loaded = command.load(world);
  if (!loaded.faults.empty()) return report(loaded.faults, world);
  try {
    return world.serve(loaded.settings, command.sources());
  } catch (const std::exception& error) {
    world.err << "encke: " << error.what() << '\n';
    return failed;
  }
}

int run_check_config(settings_command& command, const cli_world& world) {
  const auto loaded = command.load(world);
  for (const auto& warning : loaded.settings.warnings) world.err << "warning: " << warning << '\n';
  if (!loaded.faults.empty()) return report(loaded.faults, world);
  world.out << "ok\n";
  return done;
}

int run_token(settings_command& command, const token_request& request, const cli_world& world) {
  const auto loaded = command.load(world);
  auto faults = loaded.faults;
  if (request.user.empty()) faults.push_back({.where = "--user", .message = "must not be empty"});
  const auto lifetime = lifetime_of(request.lifetime, faults);
  const auto claims = claims_of(request.claims, faults);
  require_secret(loaded, faults);
  if (!faults.empty()) return report(faults, world);
  try {
    world.out << jwt::mint(token_options(loaded.settings.auth), request.user, *lifetime, claims, world.now()) << '\n';
  } catch (const std::invalid_argument& error) {
    return report({{.where = {}, .message = error.what()}}, world);
  }
  return done;
}

int run_check_token(settings_command& command, const std::string& argument, const cli_world& world) {
  const auto loaded = command.load(world);
  auto faults = loaded.faults;
  require_secret(loaded, faults);
  if (!faults.empty()) return report(faults, world);
  const auto token = argument == "-" ? first_line(world.in) : argument;
  const auto& auth = loaded.settings.auth;
  const auto identity = jwt::verifier{token_options(auth)}.verify(token, world.now());
  if (!identity) {
    world.err << jwt::code_of(identity.error()) << ": " << explain(identity.error(), token, auth, world.now()) << '\n';
    return failed;
  }
  world.out << identity->claims << '\n';
  if (const auto remark = remark_on(*identity, auth, world.now()); !remark.empty())
    world.err << "note: " << remark << '\n';
  return done;
}

int run_hash_key(bool from_input, const std::string& name, const cli_world& world) {
  const auto key = from_input ? first_line(world.in) : make_key();
  if (key.size() < least_key_length)
    return report({{.where = "--stdin", .message = fmt::format("a key needs at least {} bytes", least_key_length)}},
                  world);
  config probe;
  raw_value entry;
  entry.text = fmt::format("{}:{}", name, hash_of_key(key));
  if (const auto why = find_setting("api", "keys")->set(probe, entry); !why.empty())
    return report({{.where = "--name", .message = "must be 1 to 64 letters, digits, '-', '_' or '.'"}}, world);
  // A key that was handed in is known to whoever did.
  if (!from_input) world.out << "key:  " << key << '\n';
  world.out << "hash: " << entry.text << '\n';
  return done;
}

int run_top(const top_command& command, const cli_world& world) {
  std::vector<settings_fault> faults;
  auto options = command.options(world.environment, faults);
  if (!faults.empty()) return report(faults, world);
  if (options.key == "-") options.key = first_line(world.in);
  return world.top(options, world.out, world.err);
}

int print_version(const cli_world& world) {
  world.out << "encke " << version << '\n';
  return done;
}

int unknown_command(const CLI::App& app, const std::string& given, const cli_world& world) {
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  world.err << "unknown command " << in_quotes(given) << did_you_mean(given, names) << '\n';
  return misused;
}

int no_command(const CLI::App& app, const cli_world& world) {
  const auto rest = app.remaining();
  if (rest.empty()) {
    world.err << app.help();
    return misused;
  }
  if (!rest.front().starts_with('-')) return unknown_command(app, rest.front(), world);
  world.err << "flags go after the command, as in `encke serve --config FILE`\n";
  return misused;
}

/// What `--help` says of the command, or of encke.
int run_help(CLI::App& app, const std::string& about, const cli_world& world) {
  if (about.empty()) {
    app.clear();  // otherwise it tells of the command that was given, of `help`
    world.out << app.help();
    return done;
  }
  const auto found = app.get_subcommands([&](CLI::App* command) { return command->get_name() == about; });
  if (found.empty()) return unknown_command(app, about, world);
  world.out << found.front()->help(app.get_name());
  return done;
}

}  // namespace

int run_cli(int argc, const char* const* argv, serve_function serve) {
  return run_cli(argc, argv,
                 cli_world{.in = std::cin,
                           .out = std::cout,
                           .err = std::cerr,
                           .environment = process_environment(),
                           .now = [] { return std::chrono::system_clock::now(); },
                           .serve = std::move(serve)});
}

int run_cli(int argc, const char* const* argv, const cli_world& world) {
  CLI::App app{"encke: lets a backend reach Socket.IO clients", "encke"};
  app.require_subcommand(0, 1);
  app.allow_extras();
  bool wants_version = false;
  app.add_flag("--version", wants_version, "Print the version.");

  settings_command serve{app, "serve", "Run the gateway.", check_scope::start};
  settings_command check{app, "check-config", "Check the settings: prints ok, or every fault.", check_scope::start};
  auto* const sample =
      app.add_subcommand("default-config", "Print a settings file with every setting and its default.");
  settings_command token{app, "token", "Make a token for a user, signed with the secret of the settings.",
                         check_scope::tokens};
  settings_command check_token{app, "check-token", "Check a token: prints its claims, or why it is refused.",
                               check_scope::tokens};
  auto* const hash_key = app.add_subcommand("hash-key", "Make a key for the HTTP API, and its hash for the settings.");
  top_command top{app};
  auto* const show_version = app.add_subcommand("version", "Print the version.");
  auto* const help = app.add_subcommand("help", "Print help, also of one command: encke help serve.");
  std::string help_about;
  help->add_option("command", help_about, "The command to tell about.");

  token_request request;
  token.command().add_option("--user", request.user, "The user's id.")->required()->type_name("ID");
  token.command()
      .add_option("--ttl", request.lifetime, "How long it is good; 0s: for ever.")
      ->capture_default_str()
      ->type_name("DURATION");
  std::string token_text, key_name = "backend";
  auto* const claim = token.command().add_option(
      "--claim", [](const CLI::results_t&) { return true; }, "A further claim, name=json. May be repeated.");
  claim->type_name("NAME=JSON")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  check_token.command().add_option("token", token_text, "The token; \"-\" reads it from standard input.")->required();
  bool from_input = false;
  hash_key->add_flag("--stdin", from_input, "Hash the key on standard input instead of making one.");
  hash_key->add_option("--name", key_name, "What the gateway calls its owner.")->capture_default_str();

  const auto prepare_help = [&] {
    for (const auto* command : {&serve, &check, &token, &check_token}) command->prepare_help();
  };
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& asked) {
    prepare_help();
    app.exit(asked, world.out, world.err);
    return done;
  } catch (const CLI::ParseError& error) {
    app.exit(error, world.out, world.err);
    return misused;
  }
  request.claims = claim->results();
  if (!app.remaining().empty()) return no_command(app, world);
  for (const auto* plain : {sample, hash_key, show_version, help})
    if (const auto unknown = unknown_arguments(*plain); !unknown.empty()) return report(unknown, world);
  if (help->parsed()) {
    prepare_help();
    return run_help(app, help_about, world);
  }
  if (wants_version || show_version->parsed()) return print_version(world);
  if (serve.command().parsed()) return run_serve(serve, world);
  if (check.command().parsed()) return run_check_config(check, world);
  if (token.command().parsed()) return run_token(token, request, world);
  if (check_token.command().parsed()) return run_check_token(check_token, token_text, world);
  if (top.command().parsed()) return run_top(top, world);
  if (hash_key->parsed()) return run_hash_key(from_input, key_name, world);
  if (!sample->parsed()) return no_command(app, world);
  world.out << sample_config();
  return done;
}

}  // namespace encke::gateway
