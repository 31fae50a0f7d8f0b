// SPDX-License-Identifier: MIT
// The table of settings as a whole: names, secrets, the sample file.
#include "gateway/settings/rows.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "gateway/text/version.hpp"
#include "support/source_dir.hpp"
#include "unit/gateway/config_support.hpp"

namespace encke::gateway::test {
namespace {

using ::testing::HasSubstr;

TEST(config_settings, never_repeats_a_secret) {
  const std::string hidden = "hunter2";
  const std::vector<std::string> values{"hunter2",
                                        "truehunter2",
                                        "1hunter2",
                                        "0xhunter2",
                                        "infhunter2",
                                        "2020-01-01hunter2",
                                        "\"hunter2",
                                        "\"hunter2\"",
                                        "\"hunter2\\q\"",
                                        "\"a\" hunter2",
                                        "'hunter2",
                                        "'''hunter2\nhunter2",
                                        "[\"hunter2\", 1]",
                                        "[\"hunter2\", hunter2]",
                                        "[\"hunter2\", \"hunter2\"]",
                                        "{hunter2",
                                        "{a = \"hunter2\"}",
                                        "\"hunter2\x01\"",
                                        "\"hunter2\xff\"",
                                        "[{name = \"hunter2 x\"}]",
                                        "[{hash = \"hunter2\"}]",
                                        "[\"hunter2:hunter2:\"]",
                                        "[[\"hunter2\"]]"};
  const auto check = [&](const given& g) {
    const auto faults = texts(load_config(sources_of(g)).faults);
    EXPECT_FALSE(faults.empty());
    for (const auto& text : faults) EXPECT_EQ(text.find(hidden), std::string::npos) << text;
  };
  for (const auto& s : all_settings()) {
    if (!s.is_secret) continue;
    for (const auto& value : values) {
      check({"[" + std::string{s.table} + "]\n" + std::string{s.key} + " = " + value + "\n"});
      check({"", {{s.variable(), value}}});
      check({"", {}, {{s.flag(), {value}}}});
      check({"", {}, {{s.flag(), {value, value}}}});
    }
    check({"", {{s.variable() + "X", hidden}}});
    check({"", {}, {{s.flag() + "x", {hidden}}}});
  }
}

TEST(config_settings, has_a_name_of_its_own_for_every_setting) {
  std::vector<std::string> names;
  for (const auto& s : all_settings()) {
    names.insert(names.end(), {s.name(), s.variable(), s.flag()});
    EXPECT_FALSE(s.help.empty()) << s.name();
    EXPECT_EQ(find_setting(s.table, s.key), &s);
    EXPECT_TRUE(std::ranges::any_of(all_tables(), [&](const auto& table) { return table.name == s.table; }))
        << s.name();
  }
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
  EXPECT_EQ(find_setting("engine", "ping_interval")->variable(), "ENCKE_ENGINE_PING_INTERVAL");
  EXPECT_EQ(find_setting("engine", "ping_interval")->flag(), "--engine-ping-interval");
}

TEST(config_settings, keeps_the_sample_file_in_packaging) {
  EXPECT_EQ(content_of(std::filesystem::path{ENCKE_SOURCE_DIR} / "packaging/encke.toml"), sample_config())
      << "run: encke default-config > packaging/encke.toml";
}

TEST(config_settings, gives_the_defaults_back_from_the_sample_file) {
  const auto c = settings_of({sample_config()});
  const config defaults;
  for (const auto& s : all_settings()) {
    if (!s.is_secret) {
      EXPECT_EQ(s.show(c), s.show(defaults)) << s.name();
    }
    EXPECT_THAT(sample_config(), HasSubstr("\n" + std::string{s.key} + " = " + s.show(defaults) + "\n"));
  }
}

TEST(config_settings, has_the_version_of_the_project) {
  EXPECT_THAT(content_of(std::filesystem::path{ENCKE_SOURCE_DIR} / "CMakeLists.txt"),
              HasSubstr("project(encke VERSION " + std::string{version} + " "));
}

}  // namespace
}  // namespace encke::gateway::test
