// SPDX-License-Identifier: MIT
// What a reload takes over, what it leaves for a restart, and what a variable keeps it from. Signals and a running
// gateway: tests/e2e/process.test.js.
#include "gateway/reload.hpp"

#include <gmock/gmock.h>

#include "gateway/settings/rows.hpp"
#include "unit/gateway/config_support.hpp"

namespace encke::gateway::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> waiting(std::string before, std::string after) {
  return changes_that_wait(settings_of({std::move(before)}), settings_of({std::move(after)}));
}

TEST(reload, leaves_nothing_to_a_restart_when_nothing_changed) {
  EXPECT_THAT(waiting("[server]\nworkers = 3\n", "[server]\nworkers = 3 # the same\n"), IsEmpty());
}

TEST(reload, names_every_change_that_waits_for_a_restart) {
  EXPECT_THAT(waiting("",
                      "[engine]\nping_interval = \"9s\"\n[server]\nlisten = \"0.0.0.0:81\"\nworkers = 3\n[limits]\n"
                      "slow = [{event = \"a\", policy = \"drop_newest\"}]\n[rooms]\nhouse = \"all\"\n"),
              ElementsAre("server.listen", "server.workers", "engine.ping_interval", "limits.slow", "rooms.house"));
  EXPECT_THAT(waiting("", "[auth]\nenabled = false\n"), ElementsAre("auth.enabled"));
}

TEST(reload, takes_over_tokens_keys_and_the_log) {
  EXPECT_THAT(waiting("", "[auth]\nleeway = \"1s\"\nuser_claim = \"uid\"\nsecrets = [\"" + good_secret +
                              "\"]\n[log]\nlevel = \"warn\"\nformat = \"json\"\n[api]\nkeys = [\"a:sha256:" +
                              std::string(64, '0') + "\"]\n"),
              IsEmpty());
}

TEST(reload, takes_other_certificates_but_does_not_switch_tls_on_or_off) {
  config one, other, none;
  one.tls = {.certificate = "a", .key = "a"};
  other.tls = {.certificate = "b", .key = "b"};
  EXPECT_THAT(changes_that_wait(one, other), IsEmpty());
  EXPECT_THAT(changes_that_wait(one, none), ElementsAre("tls.certificate", "tls.key"));
  EXPECT_THAT(changes_that_wait(none, one), ElementsAre("tls.certificate", "tls.key"));
}

TEST(reload, knows_what_a_variable_or_a_flag_outdoes) {
  const std::string file = "[auth]\nsecret = \"" + std::string(40, 'n') +
                           "\"\nleeway = \"5s\"\n[log]\nlevel = \"warn\"\n" + "[server]\nworkers = 3\n";
  const auto outdone = [&](environment variables, flag_values flags = {}) {
    const auto loaded = load_config(sources_of({file, std::move(variables), std::move(flags)}));
    EXPECT_EQ(texts(loaded.faults), std::vector<std::string>{});
    return loaded.outdone;
  };
  EXPECT_THAT(outdone({}), IsEmpty());
  EXPECT_THAT(outdone({{"ENCKE_AUTH_SECRET", std::string(40, 'n')}}), IsEmpty());
  EXPECT_THAT(outdone({{"ENCKE_SERVER_WORKERS", "5"}}), IsEmpty());  // waits for a restart, whoever gives it
  EXPECT_THAT(
      outdone({{"ENCKE_AUTH_SECRET", std::string(40, 'o')}, {"ENCKE_LOG_LEVEL", "info"}}, {{"--log-level", {"debug"}}}),
      ElementsAre(outdone_setting{"auth.secret", "ENCKE_AUTH_SECRET"}, outdone_setting{"log.level", "--log-level"}));
}

}  // namespace
}  // namespace encke::gateway::test
