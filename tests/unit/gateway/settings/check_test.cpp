// SPDX-License-Identifier: MIT
// Rules between settings, the files they name, and the development secret.
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/process/state_dir.hpp"
#include "unit/gateway/config_support.hpp"
#include "unit/tls/certificates.hpp"

namespace encke::gateway::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

lines faults_without_secret(const given& g) {
  return texts(load_config(sources_of(g)).faults);
}

std::string table(const std::string& name, const std::string& content) {
  return "[" + name + "]\n" + content + "\n";
}

TEST(config_check, wants_a_secret_unless_everybody_may_enter) {
  EXPECT_THAT(faults_without_secret({""}),
              ElementsAre("auth.secret: not set: give `auth.secret_file` or the variable ENCKE_AUTH_SECRET, or set "
                          "`auth.enabled = false`"));
  EXPECT_THAT(faults_without_secret({table("auth", "enabled = false")}), IsEmpty());
  EXPECT_THAT(faults_without_secret({table("auth", "secrets = [\"" + good_secret + "\"]")}), IsEmpty());
}

TEST(config_check, wants_secrets_as_long_as_the_hash) {
  for (const auto& [name, least] : {std::pair{"HS256", 32u}, {"HS384", 48u}, {"HS512", 64u}}) {
    const auto with = [&](std::size_t length) {
      return faults_without_secret(
          {"", {{"ENCKE_AUTH_ALGORITHM", name}, {"ENCKE_AUTH_SECRET", std::string(length, 's')}}});
    };
    EXPECT_THAT(with(least), IsEmpty()) << name;
    EXPECT_THAT(with(least - 1), ElementsAre("ENCKE_AUTH_SECRET: too short: " + std::string{name} + " needs at least " +
                                             std::to_string(least) + " bytes"));
  }
  EXPECT_THAT(faults_of({table("auth", "secrets = [\"short\"]")}),
              ElementsAre("t.toml:2: auth.secrets: too short: HS256 needs at least 32 bytes"));
}

TEST(config_check, reads_the_secret_from_a_file) {
  const folder f;
  const auto load_file = [&](const std::string& content) {
    return load_config(sources_of({"", {{"ENCKE_AUTH_SECRET_FILE", f.write("secret", content)}}}));
  };
  for (const auto* end : {"", "\n", "\r\n"}) {
    const auto loaded = load_file(good_secret + end);
    EXPECT_THAT(texts(loaded.faults), IsEmpty());
    EXPECT_THAT(loaded.settings.auth.accepted, ElementsAre(good_secret));
  }
  EXPECT_THAT(texts(load_file("short").faults),
              ElementsAre("ENCKE_AUTH_SECRET_FILE: too short: HS256 needs at least 32 bytes"));
  EXPECT_THAT(texts(load_file("\n").faults), ElementsAre(HasSubstr("is empty")));
  EXPECT_THAT(texts(load_file(std::string(4097, 's')).faults), ElementsAre(HasSubstr("longer than 4096 bytes")));
}

TEST(config_check, tells_which_file_cannot_be_read) {
  EXPECT_THAT(faults_without_secret({table("auth", "secret_file = \"/nowhere/s\"")}),
              ElementsAre("t.toml:2: auth.secret_file: \"/nowhere/s\" cannot be read: No such file or directory"));
  EXPECT_THAT(faults_without_secret({table("auth", "secret_file = \"/tmp\"")}),
              ElementsAre("t.toml:2: auth.secret_file: \"/tmp\" cannot be read: is a directory"));
}

TEST(config_check, takes_one_of_secret_and_secret_file) {
  const folder f;
  EXPECT_THAT(
      faults_of({"", {{"ENCKE_AUTH_SECRET_FILE", f.write("secret", good_secret)}}}),
      ElementsAre("ENCKE_AUTH_SECRET_FILE: must not be set together with `auth.secret`: keep one, put the other in "
                  "`auth.secrets`"));
}

TEST(config_check, hands_all_secrets_to_the_verifier) {
  const auto c = settings_of({table("auth",
                                    "secrets = [\"another secret, at least 32 bytes long\"]\nleeway = \"1500ms\"\n"
                                    "issuer = \"i\"\naudience = [\"a\"]\nuser_claim = \"uid\"")});
  const auto options = token_options(c.auth);
  EXPECT_EQ(options.secret, good_secret);
  EXPECT_THAT(options.secrets, ElementsAre("another secret, at least 32 bytes long"));
  EXPECT_EQ(options.leeway, std::chrono::seconds{2});
  EXPECT_EQ(options.issuer, "i");
  EXPECT_EQ(options.user_claim, "uid");
  EXPECT_THAT(options.audience, ElementsAre("a"));
  EXPECT_THAT(jwt::check(options), IsEmpty());
}

TEST(config_check, refuses_places_where_no_token_can_be) {
  EXPECT_THAT(faults_of({table("auth", "sources = [\"query:\", \"cookie:a\", \"bogus\"]")}).size(), 2u);
  EXPECT_THAT(faults_of({table("auth", "sources = []")}), ElementsAre(HasSubstr("t.toml:2: auth.sources: ")));
  EXPECT_THAT(faults_of({table("auth", "user_claim = \"\"")}),
              ElementsAre("t.toml:2: auth.user_claim: must not be empty"));
}

TEST(config_check, wants_the_id_in_the_name_of_a_users_room) {
  EXPECT_THAT(faults_of({table("rooms", "user = \"user\"")}),
              ElementsAre("t.toml:2: rooms.user: must contain {id}, as in \"user:{id}\""));
  for (const auto* text : {"{id}{id}", "{id}-{name}", "a{{id}"})
    EXPECT_THAT(faults_of({table("rooms", "user = \"" + std::string{text} + "\"")}),
                ElementsAre("t.toml:2: rooms.user: must contain {id} once, and no other braces"));
  EXPECT_THAT(faults_of({table("rooms", "house = \"\"")}), ElementsAre("t.toml:2: rooms.house: must not be empty"));
}

TEST(config_check, refuses_names_of_rooms_that_may_meet) {
  for (const auto* user : {"{id}", "u{id}", "{id}_", "user-{id}"})
    EXPECT_THAT(faults_of({table("rooms", "user = \"" + std::string{user} + "\"")}),
                testing::Contains(HasSubstr("rooms.user: a room made of")))
        << user;
  for (const auto* user : {"user:{id}", "{id}@users", "/user/{id}", "\u00fc{id}"})
    EXPECT_THAT(faults_of({table("rooms", "user = \"" + std::string{user} + "\"")}), IsEmpty()) << user;
  EXPECT_THAT(faults_of({table("rooms", "house = \"user:alice\"")}),
              ElementsAre("rooms.user: `rooms.house` is \"user:alice\", the room of the user \"alice\""));
  EXPECT_THAT(faults_of({table("rooms", "house = \"user:\"")}), IsEmpty());
  EXPECT_THAT(
      faults_of({table("rooms", "user = \"/user/{id}\"") + table("server", "namespaces = [\"/\", \"/user/7\"]")}),
      ElementsAre("t.toml:2: rooms.user: a room made of \"/user/{id}\" can have the name of a socket in the "
                  "namespace \"/user/7\""));
}

TEST(config_check, checks_the_server) {
  EXPECT_THAT(faults_of({table("server", "listen = \"\"")}), ElementsAre("t.toml:2: server.listen: must not be empty"));
  for (const auto* path : {"", "socket.io/", "/socket.io", "/a?b/", "/a b/", "/a#/", "/%41/"})
    EXPECT_THAT(faults_of({table("server", "path = \"" + std::string{path} + "\"")}),
                ElementsAre(HasSubstr("t.toml:2: server.path: must start and end with '/'")))
        << path;
  for (const auto* path : {"/", "//", "/a//b/", "//a/"})
    EXPECT_THAT(faults_of({table("server", "path = \"" + std::string{path} + "\"")}),
                ElementsAre(HasSubstr("t.toml:2: server.path: must have a name between each two '/'")))
        << path;
  EXPECT_THAT(faults_of({table("server", "path = \"/push/v1/\"")}), IsEmpty());
  EXPECT_THAT(faults_of({table("server", "assets_dir = \"/nowhere\"")}),
              ElementsAre("t.toml:2: server.assets_dir: \"/nowhere\" is not a folder"));
  const folder f;
  EXPECT_THAT(faults_of({table("server", "assets_dir = \"" + f.path().string() + "\"")}), IsEmpty());
}

TEST(config_check, checks_transports_and_the_cookie) {
  EXPECT_THAT(faults_of({table("engine", "transports = []")}),
              ElementsAre("t.toml:2: engine.transports: must name \"polling\", \"websocket\" or both"));
  EXPECT_THAT(faults_of({table("engine", "transports = [\"poling\"]")}),
              ElementsAre("t.toml:2: engine.transports: unknown transport \"poling\", did you mean `polling`?"));
  EXPECT_THAT(faults_of({table("engine", "cookie = \"a=b\"")}),
              ElementsAre("t.toml:2: engine.cookie: \"a=b\" cannot be the name of a cookie"));
}

TEST(config_check, checks_origins) {
  for (const auto* good : {"[\"https://a.example\", \"http://localhost:3000\"]", "[\"https://*.example.com:8443\"]",
                           "\"*\"", "[\"reflect\"]", "[]"})
    EXPECT_THAT(faults_of({table("engine", "cors_origins = " + std::string{good})}), IsEmpty()) << good;
  for (const auto* bad :
       {"a.example", "https://", "://a", "https://a/", "https://a/b", "https://*", "https://*a.example",
        "https://a.*.example", "https://*.*.example", "https://*.", "https://u@a", "null"})
    EXPECT_THAT(faults_of({table("engine", "cors_origins = [\"" + std::string{bad} + "\"]")}),
                ElementsAre(HasSubstr("is not an origin")))
        << bad;
  EXPECT_THAT(faults_of({table("engine", "cors_origins = [\"*\", \"https://a\"]")}),
              ElementsAre("t.toml:2: engine.cors_origins: \"*\" must stand alone"));
  EXPECT_THAT(faults_of({table("engine", "cors_credentials = true")}),
              ElementsAre("t.toml:2: engine.cors_credentials: needs `engine.cors_origins`"));
  EXPECT_THAT(faults_of({table("engine", "cors_origins = \"*\"\ncors_credentials = true")}),
              ElementsAre("t.toml:3: engine.cors_credentials: browsers refuse it with cors_origins = \"*\": name the "
                          "origins, or \"reflect\""));
}

TEST(config_check, opens_the_api_to_other_machines_only_with_a_key) {
  const auto key = "keys = [\"backend:sha256:" + std::string(64, 'a') + "\"]\n";
  for (const auto* text : {"0.0.0.0:1", "[::]:1", "10.0.0.1:1"}) {
    const auto listen = "listen = \"" + std::string{text} + "\"\n";
    EXPECT_THAT(faults_of({table("api", listen)}),
                ElementsAre("t.toml:2: api.listen: \"" + std::string{text} +
                            "\" can be reached by other machines and there are no `api.keys`: make one with "
                            "`encke hash-key`, or listen on 127.0.0.1"));
    EXPECT_THAT(faults_of({table("api", listen + key)}), IsEmpty());
  }
  for (const auto* text : {"127.0.0.1:1", "[::1]:1", "localhost:1", ""})
    EXPECT_THAT(faults_of({table("api", "listen = \"" + std::string{text} + "\"")}), IsEmpty()) << text;
  EXPECT_THAT(faults_of({table("api", "listen = \"0.0.0.0:8080\"\n" + key)}),
              ElementsAre("t.toml:2: api.listen: is the same as `server.listen`"));
}

TEST(config_check, checks_api_keys) {
  const auto hash = "sha256:" + std::string(64, 'a');
  const auto fault = [&](const std::string& keys) {
    const auto faults = faults_of({table("api", "keys = " + keys)});
    return faults.size() == 1 ? faults[0] : "not one fault";
  };
  const std::string at = "t.toml:2: api.keys: item 1: ";
  const std::string bad_hash = "the hash must be \"sha256:\" and 64 hex digits, as `encke hash-key` prints it";
  const std::string bad_name = "the name must be 1 to 64 letters, digits, '-', '_' or '.'";
  EXPECT_EQ(fault("[\"x\"]"), at + "expected \"name:sha256:<64 hex digits>\"");
  EXPECT_EQ(fault("[\"x:sha256:abc\"]"), at + bad_hash);
  EXPECT_EQ(fault("[\"x:md5:" + std::string(64, 'a') + "\"]"), at + bad_hash);
  EXPECT_EQ(fault("[\"x:sha256:" + std::string(64, 'g') + "\"]"), at + bad_hash);
  EXPECT_EQ(fault("[\"x:sha256:" + std::string(65, 'a') + "\"]"), at + bad_hash);
  EXPECT_EQ(fault("[\"a b:" + hash + "\"]"), at + bad_name);
  EXPECT_EQ(fault("[\":" + hash + "\"]"), at + bad_name);
  EXPECT_EQ(fault("[{name = \"a\"}]"), at + bad_hash);
  EXPECT_EQ(fault("[{hash = \"" + hash + "\"}]"), at + bad_name);
  EXPECT_EQ(fault("[{nme = \"a\", hash = \"" + hash + "\"}]"), at + "unknown key \"nme\", did you mean `name`?");
  EXPECT_EQ(fault("[{name = 1, hash = \"" + hash + "\"}]"), at + "`name` must be a text in quotes");
  EXPECT_EQ(fault("[1]"), at + "expected {name = \"...\", hash = \"sha256:...\"} or \"name:sha256:<64 hex digits>\"");
  EXPECT_EQ(fault("[\"a:" + hash + "\", \"a:" + hash + "\"]"),
            "t.toml:2: api.keys: item 2: the name `a` is there twice");
}

TEST(config_check, wants_both_files_of_tls) {
  const folder f;
  const auto file = f.write("x.pem", "x");
  EXPECT_THAT(faults_of({table("tls", "key = \"" + file + "\"")}),
              ElementsAre("tls.certificate: missing: `tls.key` is set"));
  EXPECT_THAT(faults_of({table("tls", "certificate = \"" + file + "\"")}),
              ElementsAre("tls.key: missing: `tls.certificate` is set"));
  EXPECT_THAT(faults_of({table("tls", "certificate = \"" + file + "\"\nkey = \"/nowhere/k\"")}),
              ElementsAre("t.toml:3: tls.key: \"/nowhere/k\" cannot be read: No such file or directory"));
}

TEST(config_check, tries_certificate_and_key) {
  const folder f;
  const auto make = [&f](const std::string& name) {
    const auto key = tls::test::make_ec_key();
    const auto pem = tls::test::pem_of(tls::test::make_certificate(key.get()).get());
    tls_settings made{f.write(name + ".cert", pem), f.write(name + ".key", tls::test::pem_of(key.get()))};
    chmod(made.key.c_str(), 0600);
    return made;
  };
  const auto first = make("a"), second = make("b");
  const auto with = [](const std::string& certificate, const std::string& key) {
    return faults_of({table("tls", "certificate = \"" + certificate + "\"\nkey = \"" + key + "\"")});
  };
  EXPECT_THAT(with(first.certificate, first.key), IsEmpty());
  EXPECT_THAT(with(first.certificate, second.key), ElementsAre(HasSubstr("t.toml:2: tls.certificate: TLS: ")));
  EXPECT_THAT(with(first.key, first.key), ElementsAre(HasSubstr("has no certificate in PEM form")));
  EXPECT_THAT(with(first.certificate, first.certificate), ElementsAre(HasSubstr("has no private key in PEM form")));
}

// --- tokens -------------------------------------------------------------------------------------------------------

TEST(config_check, wants_room_for_the_longest_token) {
  EXPECT_EQ(token_options(settings_of({table("limits", "token = \"12KiB\"")}).auth).max_token, 12u * 1024);
  EXPECT_EQ(token_options(settings_of({""}).auth).max_token, 8u * 1024);
  EXPECT_THAT(faults_of({table("limits", "http_head = \"4KiB\"")}), IsEmpty());
  EXPECT_THAT(faults_of({table("limits", "token = \"16KiB\"\nunjoined_payload = \"32KiB\"")}),
              ElementsAre("t.toml:2: limits.token: 16KiB does not fit into `limits.http_head`, 16KiB: a request needs "
                          "about 1KiB beside a token"));
  EXPECT_THAT(faults_of({table("limits", "token = \"16KiB\"\nhttp_head = \"32KiB\"\nunjoined_payload = \"32KiB\"")}),
              IsEmpty());
  EXPECT_THAT(
      faults_of({table("limits", "token = \"16KiB\"") + table("auth", "sources = [\"auth:token\"]")}),
      ElementsAre("limits.unjoined_payload: 16KiB is too little for a token of `limits.token`, 16KiB, in a first "
                  "message"));
  EXPECT_THAT(faults_of({table("limits", "token = \"15KiB\"\nhttp_head = \"32KiB\"") +
                         table("auth", "sources = [\"header\"]")}),
              IsEmpty());
  EXPECT_THAT(faults_of({table("limits", "token = \"12KiB\"") + table("engine", "max_payload = \"8KiB\"")}),
              ElementsAre("t.toml:2: limits.token: 12KiB is more than `engine.max_payload`, 8KiB"));
}

TEST(config_check, may_require_that_tokens_end) {
  EXPECT_TRUE(token_options(settings_of({table("auth", "require_exp = true")}).auth).require_exp);
  EXPECT_FALSE(token_options(settings_of({""}).auth).require_exp);
}

// --- what works and is likely not meant ---------------------------------------------------------------------------

lines warnings_of(const given& g, check_scope scope = check_scope::all) {
  auto loaded = load_config(sources_of(g), scope);
  EXPECT_THAT(texts(loaded.faults), IsEmpty());
  return loaded.settings.warnings;
}

TEST(config_check, warns_of_a_secret_that_others_may_know) {
  const folder f;
  const auto file = f.write("secret", good_secret + "\n");
  const given g{"", {{"ENCKE_AUTH_SECRET_FILE", file}}};
  ASSERT_EQ(chmod(file.c_str(), 0640), 0);
  EXPECT_THAT(warnings_of(g), IsEmpty());
  ASSERT_EQ(chmod(file.c_str(), 0644), 0);
  EXPECT_THAT(warnings_of(g), ElementsAre(HasSubstr("can be read by every user of this machine")));
  ASSERT_EQ(chmod(file.c_str(), 0602), 0);
  EXPECT_THAT(warnings_of(g), ElementsAre(HasSubstr("can be changed by every user of this machine")));
}

TEST(config_check, warns_of_settings_with_a_secret_that_others_may_read) {
  const folder f;
  config_sources sources;
  sources.file = f.write("encke.toml", table("auth", "secret = \"" + good_secret + "\""));
  ASSERT_EQ(chmod(sources.file.c_str(), 0644), 0);
  EXPECT_THAT(load_config(sources).settings.warnings, ElementsAre(HasSubstr("has a secret, and can be read by every")));
  ASSERT_EQ(chmod(sources.file.c_str(), 0600), 0);
  EXPECT_THAT(load_config(sources).settings.warnings, IsEmpty());
}

TEST(config_check, warns_of_what_is_part_of_a_secret_though_it_may_not_look_so) {
  const folder f;
  const auto with = [&](const std::string& secret) {
    const auto file = f.write("secret", secret);
    chmod(file.c_str(), 0600);
    return warnings_of({"", {{"ENCKE_AUTH_SECRET_FILE", file}}});
  };
  EXPECT_THAT(with(good_secret + "\n"), IsEmpty());
  EXPECT_THAT(with(good_secret + " \n"), ElementsAre(HasSubstr("begins or ends with a blank")));
  EXPECT_THAT(with("\t" + good_secret), ElementsAre(HasSubstr("begins or ends with a blank")));
  EXPECT_THAT(with(good_secret + "\n" + good_secret), ElementsAre(HasSubstr("has several lines")));
  EXPECT_THAT(with(good_secret + std::string(1, '\0')), ElementsAre(HasSubstr("has a NUL")));
  EXPECT_THAT(warnings_of({"", {{"ENCKE_AUTH_SECRET", good_secret + " "}}}),
              ElementsAre("ENCKE_AUTH_SECRET: begins or ends with a blank, which is part of the secret"));
}

TEST(config_check, does_not_wait_for_a_pipe) {
  const folder f;
  const auto pipe = f.file("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(faults_without_secret({"", {{"ENCKE_AUTH_SECRET_FILE", pipe}}}), ElementsAre(HasSubstr("is a pipe")));
  EXPECT_THAT(faults_of({table("tls", "certificate = \"" + pipe + "\"\nkey = \"" + pipe + "\"")}),
              ElementsAre(HasSubstr("tls.certificate: "), HasSubstr("tls.key: ")));
  config_sources sources;
  sources.file = pipe;
  EXPECT_THAT(texts(load_config(sources).faults), ElementsAre(HasSubstr(pipe + ": cannot be read: is a pipe")));
  sources.file = "/dev/null";
  sources.environment = {{"ENCKE_AUTH_SECRET", good_secret}};
  EXPECT_THAT(texts(load_config(sources).faults), IsEmpty());
}

TEST(config_check, looks_addresses_up_at_the_start) {
  const auto at_start = [](const std::string& listen) {
    const given g{table("server", "listen = \"" + listen + "\""), {{"ENCKE_AUTH_SECRET", good_secret}}};
    auto loaded = load_config(sources_of(g), check_scope::start);
    auto all = texts(loaded.faults);
    all.insert(all.end(), loaded.settings.warnings.begin(), loaded.settings.warnings.end());
    return all;
  };
  for (const auto* good : {"127.0.0.1:0", "localhost:0", "0.0.0.0:1"}) EXPECT_THAT(at_start(good), IsEmpty()) << good;
  for (const auto* taken : {"0.0.0.0:9090", "[::]:9090", "localhost:9090"})
    EXPECT_THAT(at_start(taken),
                ElementsAre("api.listen: takes the same port as `server.listen`, \"" + std::string{taken} + "\""))
        << taken;
  EXPECT_THAT(at_start("127.0.0.2:9090"), IsEmpty());
  EXPECT_THAT(at_start("192.0.2.1:1"),
              ElementsAre("t.toml:2: server.listen: \"192.0.2.1\" is no address of this machine"));
}

TEST(config_check, wants_a_log_file_that_can_be_written) {
  const folder f;
  EXPECT_THAT(faults_of({table("log", "file = \"" + f.file("new.log") + "\"")}), IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(f.file("new.log")));
  EXPECT_THAT(
      faults_of({table("log", "file = \"/nowhere/x.log\"")}),
      ElementsAre("t.toml:2: log.file: \"/nowhere/x.log\" cannot be written: its folder: No such file or directory"));
  EXPECT_THAT(faults_of({table("log", "file = \"/tmp\"")}),
              ElementsAre("t.toml:2: log.file: \"/tmp\" cannot be written: is a directory"));
}

TEST(config_check, looks_only_at_tokens_when_asked_to) {
  const auto sources = sources_of({table("rooms", "user = \"u\"") + table("auth", "secret = \"" + good_secret + "\"")});
  EXPECT_EQ(load_config(sources).faults.size(), 1u);
  EXPECT_THAT(texts(load_config(sources, check_scope::tokens).faults), IsEmpty());
}

config_sources dev_sources(const folder& f) {
  config_sources sources;
  sources.dev = true;
  sources.state_dir = f.path() / "state";
  return sources;
}

TEST(config_check, makes_a_development_secret_once_and_keeps_it_private) {
  const folder f;
  const auto first = load_config(dev_sources(f));
  EXPECT_THAT(texts(first.faults), IsEmpty());
  EXPECT_TRUE(first.settings.dev);
  EXPECT_TRUE(first.settings.debug.enabled);
  EXPECT_EQ(first.settings.server.listen, (listen_address{"127.0.0.1", 8080}));
  ASSERT_EQ(first.settings.auth.accepted.size(), 1u);
  EXPECT_EQ(first.settings.auth.accepted[0].size(), 64u);
  EXPECT_EQ(load_config(dev_sources(f)).settings.auth.accepted, first.settings.auth.accepted);
  struct stat info {};
  ASSERT_EQ(stat((f.path() / "state/dev-secret").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ASSERT_EQ(stat((f.path() / "state").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator{f.path() / "state"}, {}), 1);
}

TEST(config_check, prefers_a_given_secret_to_the_development_one) {
  const folder f;
  auto sources = dev_sources(f);
  sources.environment = {{"ENCKE_AUTH_SECRET", good_secret}};
  EXPECT_THAT(load_config(sources).settings.auth.accepted, ElementsAre(good_secret));
  EXPECT_FALSE(std::filesystem::exists(f.path() / "state"));
}

TEST(config_check, refuses_a_development_secret_that_others_may_know) {
  const folder f;
  const auto secret = load_config(dev_sources(f)).settings.auth.secret;
  const auto file = f.path() / "state/dev-secret";
  ASSERT_EQ(chmod(file.c_str(), 0644), 0);
  const auto faults = texts(load_config(dev_sources(f)).faults);
  EXPECT_THAT(faults,
              ElementsAre(file.string() + ": can be read by other users: chmod 600, or delete it to get a new secret"));
  std::filesystem::remove(file);
  f.write("elsewhere", secret);
  std::filesystem::create_symlink(f.path() / "elsewhere", file);
  EXPECT_THAT(texts(load_config(dev_sources(f)).faults), ElementsAre(HasSubstr("cannot be read")));
  std::filesystem::remove(file);
  f.write("state/dev-secret", "short");
  ASSERT_EQ(chmod(file.c_str(), 0600), 0);
  EXPECT_THAT(texts(load_config(dev_sources(f)).faults),
              ElementsAre(HasSubstr("does not hold a secret made by encke")));
}

TEST(config_check, keeps_state_where_configuration_belongs) {
  EXPECT_EQ(state_dir::default_path({{"HOME", "/h"}}), "/h/.config/encke");
  EXPECT_EQ(state_dir::default_path({{"HOME", "/h"}, {"XDG_CONFIG_HOME", "/x"}}), "/x/encke");
  EXPECT_EQ(state_dir::default_path({{"HOME", "/h"}, {"XDG_CONFIG_HOME", "relative"}}), "/h/.config/encke");
  EXPECT_EQ(state_dir::default_path({}), "");
  config_sources sources;
  sources.dev = true;
  EXPECT_THAT(texts(load_config(sources).faults),
              ElementsAre("no place for the development secret: set HOME, or give --state-dir"));
}

}  // namespace
}  // namespace encke::gateway::test
