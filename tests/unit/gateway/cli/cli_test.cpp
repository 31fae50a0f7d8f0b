// SPDX-License-Identifier: MIT
// The commands, run with streams, an environment and a clock of the test's own.
#include "gateway/cli/cli.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <boost/json.hpp>
#include <sstream>

#include "gateway/settings/keys.hpp"
#include "gateway/settings/rows.hpp"
#include "gateway/text/version.hpp"
#include "unit/gateway/config_support.hpp"

namespace encke::gateway::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

struct outcome {
  int code = 0;
  std::string out, err;
  std::optional<config> served;
  std::optional<top_options> topped;
};

struct cli : ::testing::Test {
  outcome run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "encke");
    std::vector<const char*> argv;
    for (const auto& argument : arguments) argv.push_back(argument.c_str());
    argv.push_back(nullptr);
    std::istringstream in{input};
    std::ostringstream out, err;
    outcome result;
    const cli_world world{.in = in,
                          .out = out,
                          .err = err,
                          .environment = environment,
                          .now = [this] { return now; },
                          .serve =
                              [&](const config& c, const config_sources& sources) {
                                result.served = c;
                                EXPECT_THAT(load_config(sources).faults, IsEmpty());
                                return serve_code();
                              },
                          .top =
                              [&](const top_options& options, std::ostream&, std::ostream&) {
                                result.topped = options;
                                return 0;
                              }};
    result.code = run_cli(static_cast<int>(argv.size()) - 1, argv.data(), world);
    result.out = out.str();
    result.err = err.str();
    return result;
  }

  std::string input;
  gateway::environment environment{{"ENCKE_AUTH_SECRET", good_secret}};
  std::chrono::system_clock::time_point now{std::chrono::seconds{1'700'000'000}};
  std::function<int()> serve_code = [] { return 0; };
  folder files;
};

TEST_F(cli, prints_help_for_every_command) {
  for (const std::string command :
       {"serve", "check-config", "default-config", "token", "check-token", "hash-key", "top", "version", "help"}) {
    const auto result = run({command, "--help"});
    EXPECT_EQ(result.code, 0);
    EXPECT_EQ(run({"help", command}).out, result.out);
    EXPECT_THAT(result.out, HasSubstr("encke " + command));
    EXPECT_THAT(run({"--help"}).out, HasSubstr("\n  " + command));
  }
  EXPECT_EQ(run({"help"}).out, run({"--help"}).out);
  EXPECT_EQ(run({"help"}).code, 0);
}

TEST_F(cli, shows_what_matters_and_all_of_it_on_request) {
  const auto lines_of = [](const std::string& text) { return std::ranges::count(text, '\n'); };
  for (const std::string command : {"serve", "check-config", "token", "check-token"}) {
    const auto few = run({command, "--help"}), all = run({command, "--help-all"});
    EXPECT_EQ(all.code, 0) << command;
    EXPECT_LT(lines_of(few.out), 40) << command;
    EXPECT_THAT(few.out, Not(HasSubstr("--engine-ping-interval")));
    EXPECT_THAT(few.out, HasSubstr("encke " + command + " --help-all"));
    for (const auto& s : all_settings()) EXPECT_THAT(all.out, HasSubstr(s.flag())) << command;
  }
  EXPECT_THAT(run({"serve", "--help"}).out, AllOf(HasSubstr("--config"), HasSubstr("--dev"), HasSubstr("--listen")));
  EXPECT_THAT(run({"token", "--help"}).out, AllOf(HasSubstr("--ttl"), HasSubstr("--auth-secret-file")));
  EXPECT_THAT(run({"token", "--help"}).out, Not(HasSubstr("--server-listen")));
}

TEST_F(cli, takes_flags_that_help_does_not_show) {
  EXPECT_EQ(run({"serve", "--engine-ping-interval", "7s"}).served->engine.ping_interval, std::chrono::seconds{7});
}

TEST_F(cli, knows_no_help_of_a_command_that_there_is_not) {
  const auto result = run({"help", "serv"});
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(result.err, "unknown command \"serv\", did you mean `serve`?\n");
  EXPECT_EQ(run({"help", "serve", "token"}).code, 2);
}

TEST_F(cli, shows_no_secret_of_the_environment_in_help) {
  EXPECT_THAT(run({"serve", "--help"}).out, Not(HasSubstr(good_secret)));
}

TEST_F(cli, wants_a_command) {
  EXPECT_EQ(run({}).code, 2);
  EXPECT_THAT(run({}).err, HasSubstr("Subcommands:"));
  const auto result = run({"srve"});
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(result.err, "unknown command \"srve\", did you mean `serve`?\n");
  EXPECT_EQ(run({"--config", "x", "serve"}).err, "flags go after the command, as in `encke serve --config FILE`\n");
}

TEST_F(cli, prints_the_version) {
  const auto expected = "encke " + std::string{version} + "\n";
  EXPECT_EQ(run({"version"}).out, expected);
  EXPECT_EQ(run({"--version"}).out, expected);
  EXPECT_EQ(run({"version"}).code, 0);
}

TEST_F(cli, serves_with_settings_of_file_environment_and_flags) {
  const auto file = files.write("encke.toml", "[server]\nworkers = 1\n[log]\nlevel = \"warn\"\n");
  environment.emplace_back("ENCKE_ENGINE_PING_TIMEOUT", "3s");
  const auto result = run({"serve", "--config", file, "--workers", "7", "--listen=127.0.0.1:0", "--debug"});
  EXPECT_EQ(result.code, 0) << result.err;
  ASSERT_TRUE(result.served);
  EXPECT_EQ(result.served->server.workers, 7u);
  EXPECT_EQ(result.served->server.listen, (listen_address{"127.0.0.1", 0}));
  EXPECT_EQ(result.served->log.level, log_level::warning);
  EXPECT_EQ(result.served->engine.ping_timeout, std::chrono::seconds{3});
  EXPECT_TRUE(result.served->debug.enabled);
}

TEST_F(cli, takes_the_place_of_the_file_from_the_environment) {
  environment.emplace_back("ENCKE_CONFIG", files.write("encke.toml", "[server]\nworkers = 5\n"));
  EXPECT_EQ(run({"serve"}).served->server.workers, 5u);
  EXPECT_EQ(run({"serve", "-c", files.write("other.toml", "")}).served->server.workers, 0u);
}

TEST_F(cli, turns_flags_off_and_adds_lists_up) {
  const auto result = run({"serve", "--auth-enabled=false", "--engine-cors-origins", "https://a,https://b",
                           "--engine-cors-origins", R"(["https://c"])"});
  ASSERT_TRUE(result.served) << result.err;
  EXPECT_FALSE(result.served->auth.enabled);
  EXPECT_EQ(result.served->engine.cors_origins, (lines{"https://a", "https://b", "https://c"}));
}

TEST_F(cli, tells_all_faults_and_does_not_serve) {
  const auto file = files.write("encke.toml", "[server]\nworkers = 999\n");
  const auto result = run({"serve", "--config", file, "--listn", "x", "--log-level", "loud", "stray", "-xsecret"});
  EXPECT_EQ(result.code, 2);
  EXPECT_FALSE(result.served);
  EXPECT_EQ(
      result.err,
      "--listn: unknown flag, did you mean `--listen`?\n"
      "unexpected argument: settings files are given with --config FILE\n"
      "-x: unknown flag\n" +
          file +
          ":2: server.workers: must be between 0 and 255, not 999\n"
          "--log-level: expected one of \"trace\", \"debug\", \"info\", \"warn\", \"error\", \"off\", got \"loud\"\n");
}

TEST_F(cli, never_repeats_a_secret_of_the_command_line) {
  const std::vector<std::vector<std::string>> wrong{{"--secert", "hunter2"},
                                                    {"--secert=hunter2"},
                                                    {"--secret", "hunter2"},
                                                    {"--secret=hunter2"},
                                                    {"--secret", "hunter2", "hunter2"},
                                                    {"-shunter2"},
                                                    {"--secret", "hunter2", "--secret", "hunter2"},
                                                    {"--auth-secrets", "[hunter2"},
                                                    {"--api-keys", "hunter2"},
                                                    {"hunter2"}};
  for (const auto& arguments : wrong) {
    for (const std::string command : {"serve", "check-config"}) {
      auto all = arguments;
      all.insert(all.begin(), command);
      const auto result = run(all);
      EXPECT_EQ(result.code, 2) << arguments[0];
      EXPECT_FALSE(result.err.empty());
      EXPECT_THAT(result.err + result.out, Not(HasSubstr("hunter2")));
    }
  }
}

TEST_F(cli, tells_that_a_flag_lacks_its_value) {
  const auto result = run({"serve", "--log-file"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("--log-file"));
}

TEST_F(cli, gives_the_code_of_serve_and_one_for_an_exception) {
  serve_code = [] { return 7; };
  EXPECT_EQ(run({"serve"}).code, 7);
  serve_code = []() -> int { throw std::runtime_error{"address in use"}; };
  const auto result = run({"serve"});
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.err, "encke: address in use\n");
}

TEST_F(cli, checks_settings) {
  EXPECT_EQ(run({"check-config"}).out, "ok\n");
  EXPECT_EQ(run({"check-config"}).code, 0);
  environment.clear();
  const auto result = run({"check-config"});
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, StartsWith("auth.secret: not set"));
}

TEST_F(cli, checks_its_own_sample_on_standard_input) {
  input = run({"default-config"}).out;
  EXPECT_EQ(input, sample_config());
  EXPECT_EQ(run({"check-config", "--config", "-"}).out, "ok\n");
  EXPECT_EQ(run({"serve", "--config", "-"}).code, 0);
  environment.clear();
  EXPECT_EQ(run({"check-config", "--config", "-"}).code, 2);
  EXPECT_EQ(run({"check-config", "--config", "-", "--secret", good_secret}).code, 0);
  input = "x = 1\n";
  EXPECT_THAT(run({"check-config", "-c", "-", "--secret", good_secret}).err, StartsWith("standard input:1: "));
}

TEST_F(cli, starts_for_development_without_any_settings) {
  environment.clear();
  const auto result = run({"serve", "--dev", "--state-dir", files.file("state"), "--api-listen", "127.0.0.1:0"});
  ASSERT_TRUE(result.served) << result.err;
  EXPECT_TRUE(result.served->dev);
  EXPECT_EQ(content_of(files.file("state/dev-secret")), result.served->auth.accepted.at(0) + "\n");
  environment = {{"ENCKE_STATE_DIR", files.file("state")}};
  EXPECT_EQ(run({"serve", "--dev"}).served->auth.accepted, result.served->auth.accepted);
}

TEST_F(cli, makes_a_token_that_it_accepts) {
  const auto made =
      run({"token", "--user", "alice", "--ttl", "1m", "--claim", R"(role="editor")", "--claim", "n={\"a\":[1]}"});
  ASSERT_EQ(made.code, 0) << made.err;
  const auto token = made.out.substr(0, made.out.size() - 1);
  const auto checked = run({"check-token", token});
  EXPECT_EQ(checked.code, 0) << checked.err;
  const auto claims = boost::json::parse(checked.out).as_object();
  EXPECT_EQ(claims.at("sub"), "alice");
  EXPECT_EQ(claims.at("role"), "editor");
  EXPECT_EQ(claims.at("n").at("a").at(0), 1);
  EXPECT_EQ(claims.at("exp"), 1'700'000'060);
  input = token + "\r\nmore";
  EXPECT_EQ(run({"check-token", "-"}).code, 0);
}

TEST_F(cli, tells_why_a_token_is_refused) {
  auto token = run({"token", "--user", "alice", "--ttl", "1m"}).out;
  token.pop_back();
  now += std::chrono::hours{1};
  auto result = run({"check-token", token});
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, StartsWith("token_expired: "));
  EXPECT_THAT(run({"check-token", "a.b"}).err, StartsWith("malformed_token: "));
  environment = {{"ENCKE_AUTH_SECRET", std::string(32, 'z')}};
  EXPECT_THAT(run({"check-token", token}).err, StartsWith("bad_signature: "));
}

TEST_F(cli, names_the_claim_or_setting_that_refuses_a_token) {
  const auto signed_with = [this](const std::string& user_claim, std::vector<std::string> more) {
    std::vector<std::string> arguments{"token", "--user", "alice", "--ttl", "0s", "--auth-user-claim", user_claim};
    arguments.insert(arguments.end(), more.begin(), more.end());
    auto made = run(arguments).out;
    made.pop_back();
    return made;
  };
  const auto said = [this](const std::string& token, std::vector<std::string> flags = {}) {
    flags.insert(flags.begin(), {"check-token", token});
    const auto result = run(flags);
    EXPECT_EQ(result.code, 1);
    return result.err;
  };
  const auto plain = signed_with("sub", {});
  EXPECT_EQ(said(signed_with("uid", {})), "invalid_user_claim: the claim \"sub\" (`auth.user_claim`) is missing\n");
  EXPECT_EQ(said(signed_with("uid", {"--claim", "sub=1.5"})),
            "invalid_user_claim: the claim \"sub\" (`auth.user_claim`) is 1.5E0, neither a text nor a whole number\n");
  EXPECT_EQ(said(signed_with("sub", {"--claim", "exp=\"1999999999\""})),
            "invalid_exp_claim: the claim \"exp\" is \"1999999999\", not a number of seconds since 1970\n");
  EXPECT_EQ(said(plain, {"--auth-require-exp"}),
            "missing_exp_claim: the claim \"exp\" is missing, and `auth.require_exp` is set\n");
  EXPECT_EQ(said(plain, {"--auth-issuer", "me"}),
            "wrong_issuer: the claim \"iss\" is missing; `auth.issuer` is \"me\"\n");
  EXPECT_EQ(said(plain, {"--auth-audience", "a,b"}),
            "wrong_audience: the claim \"aud\" is missing; `auth.audience` is \"a\" or \"b\"\n");
  EXPECT_EQ(said(signed_with("sub", {"--claim", "nbf=1700000090"})), "token_not_yet_valid: good only in 90 s\n");
  EXPECT_EQ(said(signed_with("sub", {"--claim", "exp=1699999000"})), "token_expired: expired 16 min ago\n");
  EXPECT_EQ(said("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.AAAA"),
            "wrong_algorithm: its \"alg\" is \"RS256\"; `auth.algorithm` is HS256\n");
  EXPECT_EQ(said(std::string(9000, 'x')), "token_too_long: it has 9000 bytes; `limits.token` is 8KiB\n");
}

TEST_F(cli, remarks_that_a_good_token_is_within_the_leeway) {
  auto token = run({"token", "--user", "alice", "--ttl", "10s"}).out;
  token.pop_back();
  EXPECT_EQ(run({"check-token", token}).err, "");
  now += std::chrono::seconds{11};
  const auto result = run({"check-token", token});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.err, "note: expired 1 s ago, within `auth.leeway` (30s)\n");
}

TEST_F(cli, warns_and_says_ok) {
  environment.emplace_back("ENCKE_SERVER_PORT", "tcp://10.0.0.1:8080");
  const auto result = run({"check-config"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out, "ok\n");
  EXPECT_THAT(result.err, StartsWith("warning: ENCKE_SERVER_PORT: not settings but"));
}

TEST_F(cli, tells_all_that_is_wrong_with_a_token_request) {
  const auto result = run({"token", "--user", "", "--ttl", "5", "--claim", "a", "--claim", "b=x", "--claim", "c=1",
                           "--claim", "c=2", "--nope"});
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(result.err,
            "--nope: unknown flag\n"
            "--user: must not be empty\n"
            "--ttl: \"5\" has no unit: write \"5s\" or \"5ms\" (units: ms, s, m, h)\n"
            "--claim: expected name=json, as in admin=true or 'role=\"editor\"'\n"
            "--claim: the value of \"b\" is not JSON: a text needs quotes, as in 'b=\"...\"'\n"
            "--claim: \"c\" is given more than once\n");
  EXPECT_EQ(run({"token", "--user", "u", "--ttl", "1500ms"}).code, 2);
  EXPECT_EQ(run({"token", "--user", "u", "--ttl", "87601h"}).code, 2);
  EXPECT_EQ(run({"token", "--user", "u", "--ttl", "0s"}).code, 0);
  EXPECT_EQ(run({"token"}).code, 2);
  EXPECT_EQ(run({"check-token"}).code, 2);
}

TEST_F(cli, needs_a_secret_for_tokens_even_when_everybody_may_enter) {
  environment = {{"ENCKE_AUTH_ENABLED", "false"}};
  EXPECT_EQ(run({"token", "--user", "u"}).err, "auth.secret: not set: tokens cannot be made or checked without one\n");
  EXPECT_EQ(run({"check-token", "x"}).code, 2);
}

TEST_F(cli, makes_tokens_whatever_other_tables_hold) {
  environment.emplace_back("ENCKE_TLS_KEY", "/nowhere/key");
  EXPECT_EQ(run({"token", "--user", "u"}).code, 0);
  EXPECT_EQ(run({"check-config"}).code, 2);
}

TEST_F(cli, makes_a_key_whose_hash_the_settings_take) {
  const auto made = run({"hash-key", "--name", "shop"});
  ASSERT_EQ(made.code, 0) << made.err;
  const auto hash = made.out.substr(made.out.find("hash: ") + 6);
  const auto key = made.out.substr(6, made.out.find('\n') - 6);
  environment.emplace_back("ENCKE_API_KEYS", hash.substr(0, hash.size() - 1));
  const auto served = run({"serve", "--api-listen", "0.0.0.0:1"});
  ASSERT_TRUE(served.served) << served.err;
  EXPECT_EQ(find_key(served.served->api.keys, key)->name, "shop");
}

TEST_F(cli, hashes_a_given_key_without_showing_it) {
  input = "a key of my own, long enough\n";
  const auto result = run({"hash-key", "--stdin"});
  EXPECT_EQ(result.out, "hash: backend:" + hash_of_key("a key of my own, long enough") + "\n");
  input = "short\n";
  EXPECT_EQ(run({"hash-key", "--stdin"}).code, 2);
  EXPECT_EQ(run({"hash-key", "--stdin"}).err, "--stdin: a key needs at least 20 bytes\n");
  EXPECT_EQ(run({"hash-key", "--name", "a b"}).code, 2);
  EXPECT_EQ(run({"hash-key", "--nme", "x"}).err, "--nme: unknown flag, did you mean `--name`?\n");
  EXPECT_EQ(run({"hash-key", "x"}).err, "unexpected argument\n");
  EXPECT_EQ(run({"version", "x"}).code, 2);
  EXPECT_EQ(run({"default-config", "--x"}).code, 2);
}

// --- top ------------------------------------------------------------------------------------------------------------

TEST_F(cli, top_watches_the_gateway_of_this_machine_unless_told_otherwise) {
  const auto plain = run({"top"}).topped;
  EXPECT_EQ(plain->api.text(), "http://127.0.0.1:9090");
  EXPECT_EQ(plain->key, "");
  EXPECT_EQ(plain->interval, milliseconds{1000});
  EXPECT_FALSE(plain->once);
  EXPECT_FALSE(plain->unicode);
  EXPECT_TRUE(plain->colors);

  environment = {
      {"ENCKE_API_LISTEN", "0.0.0.0:9091"}, {"ENCKE_API_KEY", "from outside"}, {"LANG", "C.UTF-8"}, {"NO_COLOR", "1"}};
  const auto told = run({"top"}).topped;
  EXPECT_EQ(told->api.text(), "http://127.0.0.1:9091");
  EXPECT_EQ(told->key, "from outside");
  EXPECT_TRUE(told->unicode);
  EXPECT_FALSE(told->colors);

  input = "the key\n";
  const auto given =
      run({"top", "--api", "[::1]:90", "--key=-", "--interval", "200ms", "--sort", "waiting", "--once"}).topped;
  EXPECT_EQ(given->api.text(), "http://[::1]:90");
  EXPECT_EQ(given->key, "the key");
  EXPECT_EQ(given->interval, milliseconds{200});
  EXPECT_EQ(given->sort, top_sort::waiting);
  EXPECT_TRUE(given->once);
}

TEST_F(cli, top_tells_all_that_is_wrong_at_once) {
  const auto result = run({"top", "--api", "nowhere", "--interval=1", "--sort", "size", "--ones"});
  EXPECT_EQ(result.code, 2);
  EXPECT_FALSE(result.topped);
  for (const auto* name : {"--api: ", "--interval: ", "--sort: ", "--ones: unknown flag, did you mean `--once`?"})
    EXPECT_THAT(result.err, HasSubstr(name));
  EXPECT_THAT(run({"top", "--interval", "199ms"}).err, HasSubstr("from 200ms to 1m"));
}

TEST_F(cli, a_key_for_top_in_the_environment_does_not_disturb_the_gateway) {
  environment.emplace_back("ENCKE_API_KEY", "from outside");
  EXPECT_EQ(run({"check-config"}).out, "ok\n");
}

}  // namespace
}  // namespace encke::gateway::test
