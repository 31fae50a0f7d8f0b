// SPDX-License-Identifier: MIT
// Where settings come from, which one wins, and what is said about names and values that are wrong.
#include <gmock/gmock.h>

#include "gateway/settings/rows.hpp"
#include "unit/gateway/config_support.hpp"

namespace encke::gateway::test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(config_load, gives_defaults_without_any_source) {
  const auto c = settings_of({""});
  const config defaults;
  for (const auto& s : all_settings())
    if (!s.is_secret) {
      EXPECT_EQ(s.show(c), s.show(defaults)) << s.name();
    }
  EXPECT_FALSE(c.dev);
}

TEST(config_load, reads_every_type_from_a_file) {
  const auto c = settings_of({R"(
[server]
listen = "[::1]:81"
workers = 4
serve_client = false
[engine]
ping_interval = "500ms"
max_payload = "64KiB"
transports = ["websocket"]
cors_origins = "*"
[limits]
overflow = "drop_newest"
outbox_bytes = 2000
[auth]
algorithm = "HS256"
secrets = ["another secret, at least 32 bytes long"]
[[api.keys]]
name = "backend"
hash = "sha256:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eFF"
[log]
level = "warn"
format = "json"
)"});
  EXPECT_EQ(c.server.listen, (listen_address{"::1", 81}));
  EXPECT_EQ(c.server.workers, 4u);
  EXPECT_FALSE(c.server.serve_client);
  EXPECT_EQ(c.engine.ping_interval, 500ms);
  EXPECT_EQ(c.engine.max_payload, 65536u);
  EXPECT_THAT(c.engine.transports, ElementsAre("websocket"));
  EXPECT_THAT(c.engine.cors_origins, ElementsAre("*"));
  EXPECT_EQ(c.limits.overflow, overflow::drop_newest);
  EXPECT_EQ(c.limits.outbox_bytes, 2000u);
  EXPECT_THAT(c.auth.accepted, ElementsAre(good_secret, "another secret, at least 32 bytes long"));
  ASSERT_EQ(c.api.keys.size(), 1u);
  EXPECT_EQ(c.api.keys[0].name, "backend");
  EXPECT_EQ(c.api.keys[0].hash[1], 1);
  EXPECT_EQ(c.api.keys[0].hash[31], 255);
  EXPECT_EQ(c.log.level, log_level::warning);
  EXPECT_EQ(c.log.format, log_format::json);
}

TEST(config_load, lets_the_environment_win_over_the_file_and_flags_over_both) {
  const std::string file = "[server]\nworkers = 1\n";
  const environment variables{{"ENCKE_SERVER_WORKERS", "2"}};
  EXPECT_EQ(settings_of({file}).server.workers, 1u);
  EXPECT_EQ(settings_of({file, variables}).server.workers, 2u);
  EXPECT_EQ(settings_of({file, variables, {{"--server-workers", {"3"}}}}).server.workers, 3u);
}

TEST(config_load, reads_every_type_from_variables) {
  const auto c =
      settings_of({"",
                   {{"ENCKE_SERVER_LISTEN", "127.0.0.1:0"},
                    {"ENCKE_SERVER_SERVE_CLIENT", "false"},
                    {"ENCKE_ENGINE_PING_INTERVAL", "3s"},
                    {"ENCKE_LIMITS_OUTBOX_BYTES", "123456"},
                    {"ENCKE_LIMITS_OVERFLOW", "drop_newest"},
                    {"ENCKE_API_LISTEN", ""},
                    {"ENCKE_ENGINE_COOKIE", "io"},
                    {"ENCKE_API_KEYS", "a:sha256:" + std::string(64, '0') + ",b:sha256:" + std::string(64, '1')},
                    {"OTHER_SERVER_WORKERS", "x"},
                    {"ENCKE", "x"}}});
  EXPECT_EQ(c.server.listen, (listen_address{"127.0.0.1", 0}));
  EXPECT_FALSE(c.server.serve_client);
  EXPECT_EQ(c.engine.ping_interval, 3s);
  EXPECT_EQ(c.limits.outbox_bytes, 123456u);
  EXPECT_EQ(c.limits.overflow, overflow::drop_newest);
  EXPECT_TRUE(c.api.listen.is_off());
  EXPECT_EQ(c.engine.cookie, "io");
  ASSERT_EQ(c.api.keys.size(), 2u);
  EXPECT_EQ(c.api.keys[1].name, "b");
}

TEST(config_load, reads_lists_of_the_environment_with_commas_or_as_an_array) {
  const auto audience = [](const std::string& text) {
    return settings_of({"", {{"ENCKE_AUTH_AUDIENCE", text}}}).auth.audience;
  };
  EXPECT_THAT(audience("a"), ElementsAre("a"));
  EXPECT_THAT(audience(" a , b,c "), ElementsAre("a", "b", "c"));
  EXPECT_THAT(audience(R"(["a, with comma", "b"])"), ElementsAre("a, with comma", "b"));
  EXPECT_THAT(audience("[]"), ElementsAre());
  EXPECT_THAT(audience(""), ElementsAre());
  EXPECT_THAT(faults_of({"", {{"ENCKE_AUTH_AUDIENCE", "a,,b"}}}), ElementsAre("ENCKE_AUTH_AUDIENCE: item 2: is empty"));
  for (const auto* text : {"[", "[a]", "[\"a\"]\nx = 1"})
    EXPECT_THAT(faults_of({"", {{"ENCKE_AUTH_AUDIENCE", text}}}),
                ElementsAre(R"(ENCKE_AUTH_AUDIENCE: expected a list: a,b or ["a", "b"])"))
        << text;
}

TEST(config_load, adds_up_a_list_flag_and_refuses_any_other_twice) {
  const auto c = settings_of({"", {}, {{"--auth-audience", {"a", "b,c"}}}});
  EXPECT_THAT(c.auth.audience, ElementsAre("a", "b", "c"));
  EXPECT_THAT(faults_of({"", {}, {{"--log-level", {"info", "warn"}}}}),
              ElementsAre("--log-level: is given more than once"));
}

TEST(config_load, names_the_setting_that_was_meant) {
  EXPECT_THAT(faults_of({"[engine]\nping_intervall = \"3s\"\n"}),
              ElementsAre("t.toml:2: unknown setting `engine.ping_intervall`, did you mean `ping_interval`?"));
  EXPECT_THAT(faults_of({"[engin]\nx = 1\n"}), ElementsAre("t.toml:1: unknown table `engin`, did you mean `engine`?"));
  EXPECT_THAT(faults_of({"[server]\nping_interval = \"3s\"\n"}),
              ElementsAre("t.toml:2: unknown setting `server.ping_interval`, did you mean `engine.ping_interval`?"));
  EXPECT_THAT(faults_of({"\nworkers = 3\n"}),
              ElementsAre("t.toml:2: unknown setting `workers`, did you mean `server.workers`?"));
  EXPECT_THAT(faults_of({"colour = 1\n[cat]\n[server]\ncolour = 1\n"}),
              ElementsAre("t.toml:1: unknown setting `colour`", "t.toml:2: unknown table `cat`",
                          "t.toml:4: unknown setting `server.colour`"));
  EXPECT_THAT(faults_of({"", {{"ENCKE_ENGINE_PING_INTERVALL", "3s"}}}),
              ElementsAre("ENCKE_ENGINE_PING_INTERVALL: unknown variable, did you mean `ENCKE_ENGINE_PING_INTERVAL`?"));
  EXPECT_THAT(faults_of({"", {}, {{"--engine-ping-intervall", {"3s"}}}}),
              ElementsAre("--engine-ping-intervall: unknown flag, did you mean `--engine-ping-interval`?"));
}

TEST(config_load, leaves_variables_of_others_alone) {
  EXPECT_THAT(faults_of({"",
                         {{"ENCKE_SERVICE_HOST", "10.0.0.1"},
                          {"ENCKE_PORT", "tcp://10.0.0.1:80"},
                          {"ENCKE_PORT_8080_TCP", "x"},
                          {"ENCKE_CONFIG", "x"},
                          {"ENCKE_STATE_DIR", "x"}}}),
              ElementsAre());
}

TEST(config_load, ignores_what_kubernetes_makes_of_services_and_says_so_once) {
  const gateway::environment services{
      {"ENCKE_SERVER_SERVICE_HOST", "10.0.0.1"},          {"ENCKE_SERVER_SERVICE_PORT", "8080"},
      {"ENCKE_SERVER_SERVICE_PORT_HTTP", "8080"},         {"ENCKE_SERVER_PORT", "tcp://10.0.0.1:8080"},
      {"ENCKE_API_PORT_9090_TCP", "tcp://10.0.0.1:9090"}, {"ENCKE_API_PORT_9090_TCP_PROTO", "tcp"},
      {"ENCKE_API_PORT_9090_TCP_PORT", "9090"},           {"ENCKE_API_PORT_9090_TCP_ADDR", "10.0.0.1"},
      {"ENCKE_DNS_PORT_53_UDP_ADDR", "10.0.0.1"},         {"ENCKE_SERVER_LISTEN", "127.0.0.1:1"}};
  const auto settings = settings_of({"", services});
  EXPECT_THAT(settings.warnings, ElementsAre(HasSubstr("ENCKE_SERVER_SERVICE_HOST and 8 more: not settings but what "
                                                       "Kubernetes makes of a Service")));
  EXPECT_EQ(settings.server.listen.port, 1);
}

TEST(config_load, takes_no_slip_for_a_service) {
  for (const auto& [name, value] : {std::pair{"ENCKE_SERVER_PORT", "8080"},
                                    {"ENCKE_SERVICE_PATH", "/a/"},
                                    {"ENCKE_API_PORT_X_TCP", "1"},
                                    {"ENCKE_API_PORT_9090_TCP_KEY", "1"},
                                    {"ENCKE_API_PORT_9090", "1"}})
    EXPECT_THAT(faults_of({"", {{name, value}}}), ElementsAre(HasSubstr("unknown variable"))) << name;
  EXPECT_THAT(faults_of({"", {{"ENCKE_SERVER_LISTEN", "tcp://10.0.0.1:8080"}}}),
              ElementsAre(HasSubstr("ENCKE_SERVER_LISTEN: ")));
}

TEST(config_load, keeps_a_strange_name_on_one_line) {
  EXPECT_THAT(faults_of({"\"a\\nb\" = 1\n"}), ElementsAre("t.toml:1: unknown setting `a\\u000Ab`"));
}

TEST(config_load, refuses_values_of_the_wrong_type) {
  EXPECT_THAT(
      faults_of({R"([server]
listen = 80
path = 7
workers = "4"
drain_time = 10
serve_client = "true"
[engine]
ping_interval = true
max_payload = 1.5
transports = 1
[limits]
overflow = 1
[auth]
audience = [1]
[api]
keys = 1
)"}),
      ElementsAre(
          "t.toml:2: server.listen: expected an address such as \"0.0.0.0:8080\", got a whole number",
          "t.toml:3: server.path: expected a text in quotes, got a whole number",
          "t.toml:4: server.workers: expected a whole number without quotes, got a text",
          "t.toml:5: server.drain_time: 10 has no unit: write \"10s\" or \"10ms\" (units: ms, s, m, h)",
          "t.toml:6: server.serve_client: expected true or false without quotes, got a text",
          "t.toml:8: engine.ping_interval: expected a duration such as \"10s\", got true or false",
          "t.toml:9: engine.max_payload: expected a size such as \"64KiB\", got a number with a fraction or a date",
          "t.toml:10: engine.transports: expected a list of texts, got a whole number",
          "t.toml:12: limits.overflow: expected one of \"close\", \"drop_newest\", \"drop_oldest\", got a whole number",
          "t.toml:14: auth.audience: item 1: expected a text in quotes, got a whole number",
          "t.toml:16: api.keys: expected a list of keys, got a whole number"));
  EXPECT_THAT(faults_of({"server = 1\n"}),
              ElementsAre("t.toml:1: `server` is a table: write [server] and its settings below"));
}

TEST(config_load, refuses_values_out_of_range) {
  EXPECT_THAT(
      faults_of({R"([server]
listen = "example.com"
workers = 256
drain_time = "2h"
[engine]
ping_interval = "25"
ping_timeout = "0s"
max_payload = "2GiB"
[limits]
outbox_messages = 0
connections = -1
overflow = "clse"
[auth]
audience = ["a", "a"]
issuer = "a\tb"
)"}),
      ElementsAre(
          HasSubstr("t.toml:2: server.listen: expected an address"),
          "t.toml:3: server.workers: must be between 0 and 255, not 256",
          "t.toml:4: server.drain_time: must be between 0s and 1h, not 2h",
          "t.toml:6: engine.ping_interval: \"25\" has no unit: write \"25s\" or \"25ms\" (units: ms, s, m, h)",
          "t.toml:7: engine.ping_timeout: must be between 100ms and 1h, not 0s",
          "t.toml:8: engine.max_payload: must be between 1KiB and 1GiB, not 2GiB",
          "t.toml:10: limits.outbox_messages: must be between 1 and 1000000, not 0",
          "t.toml:11: limits.connections: must be between 0 and 10000000, not -1",
          "t.toml:12: limits.overflow: expected one of \"close\", \"drop_newest\", \"drop_oldest\", got \"clse\"",
          "t.toml:14: auth.audience: item 2: is there twice", "t.toml:15: auth.issuer: contains a control character"));
}

TEST(config_load, names_a_variable_and_a_flag_instead_of_a_line) {
  EXPECT_THAT(
      faults_of(
          {"", {{"ENCKE_SERVER_WORKERS", "many"}, {"ENCKE_AUTH_ENABLED", "yes"}}, {{"--engine-ping-timeout", {"20"}}}}),
      ElementsAre("ENCKE_SERVER_WORKERS: expected a whole number, got \"many\"",
                  "ENCKE_AUTH_ENABLED: expected true or false, got \"yes\"",
                  "--engine-ping-timeout: \"20\" has no unit: write \"20s\" or \"20ms\" (units: ms, s, m, h)"));
}

TEST(config_load, collects_the_faults_of_all_sources) {
  EXPECT_EQ(faults_of({"[server]\nworkers = 999\n[rooms]\nuser = \"u\"\n",
                       {{"ENCKE_LOG_LEVEL", "loud"}},
                       {{"--server-path", {"io"}}}})
                .size(),
            4u);
}

TEST(config_load, reports_a_broken_file_value_even_when_a_flag_wins) {
  const auto loaded = load({"[server]\nworkers = 999\n", {}, {{"--server-workers", {"3"}}}});
  EXPECT_THAT(texts(loaded.faults), ElementsAre("t.toml:2: server.workers: must be between 0 and 255, not 999"));
  EXPECT_EQ(loaded.settings.server.workers, 3u);
}

TEST(config_load, says_nothing_more_about_a_setting_that_could_not_be_read) {
  const given g{"[auth]\nsecret = 5\n"};
  EXPECT_THAT(texts(load_config(sources_of(g)).faults),
              ElementsAre("t.toml:2: auth.secret: expected a text in quotes, got a whole number"));
}

TEST(config_load, tells_the_line_of_a_syntax_error_and_of_a_name_given_twice) {
  EXPECT_THAT(faults_of({"[server]\nlisten = \n"}), ElementsAre(HasSubstr("t.toml:2: Error while parsing")));
  EXPECT_THAT(faults_of({"[server]\nworkers = 1\nworkers = 2\n"}), ElementsAre(HasSubstr("t.toml:3: ")));
}

TEST(config_load, tells_nothing_as_missing_when_the_file_could_not_be_read) {
  EXPECT_EQ(texts(load_config(sources_of({"[auth\n"})).faults).size(), 1u);
  config_sources sources;
  sources.file = "/nowhere/encke.toml";
  EXPECT_THAT(texts(load_config(sources).faults),
              ElementsAre("/nowhere/encke.toml: cannot be read: No such file or directory"));
  sources.file = "/tmp";
  EXPECT_THAT(texts(load_config(sources).faults), ElementsAre("/tmp: cannot be read: is a directory"));
}

TEST(config_load, refuses_a_file_that_is_too_large) {
  const folder f;
  config_sources sources;
  sources.file = f.write("big.toml", std::string(1024 * 1024 + 1, '#'));
  EXPECT_THAT(texts(load_config(sources).faults), ElementsAre(sources.file + ": is larger than 1MiB"));
}

TEST(config_load, reads_the_file_again_each_time) {
  const folder f;
  config_sources sources = sources_of({"", {{"ENCKE_AUTH_SECRET", good_secret}}});
  sources.file_text.reset();
  sources.file = f.write("encke.toml", "[server]\nworkers = 1\n");
  EXPECT_EQ(load_config(sources).settings.server.workers, 1u);
  f.write("encke.toml", "[server]\nworkers = 2\n");
  EXPECT_EQ(load_config(sources).settings.server.workers, 2u);
}

}  // namespace
}  // namespace encke::gateway::test
