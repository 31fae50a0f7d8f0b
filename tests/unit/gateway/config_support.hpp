// SPDX-License-Identifier: MIT
// Settings from texts instead of files and processes, and a folder of a test's own.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "gateway/settings/config.hpp"

namespace encke::gateway::test {

inline const std::string good_secret = "0123456789abcdef0123456789abcdef";

/// A file "t.toml" with these lines, this environment and these flags.
struct given {
  std::string file;
  gateway::environment environment{};
  flag_values flags{};
};

inline config_sources sources_of(const given& g) {
  config_sources sources;
  sources.file = "t.toml";
  sources.file_text = g.file;
  sources.environment = g.environment;
  sources.flags = g.flags;
  return sources;
}

inline std::vector<std::string> texts(const std::vector<settings_fault>& faults) {
  std::vector<std::string> out;
  for (const auto& f : faults) out.push_back(to_string(f));
  return out;
}

/// With a good secret in the environment, so that only what the test is about is wrong.
inline loaded_config load(given g) {
  g.environment.emplace_back("ENCKE_AUTH_SECRET", good_secret);
  return load_config(sources_of(g));
}
inline std::vector<std::string> faults_of(given g) {
  return texts(load(std::move(g)).faults);
}
inline config settings_of(given g) {
  auto loaded = load(std::move(g));
  EXPECT_EQ(texts(loaded.faults), std::vector<std::string>{});
  return loaded.settings;
}

using lines = std::vector<std::string>;

class folder {
 public:
  folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "encke-test-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"no folder for the test"};
    path_ = pattern;
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  ~folder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& name, const std::string& content) const {
    std::ofstream{path_ / name, std::ios::binary} << content;
    return file(name);
  }

 private:
  std::filesystem::path path_;
};

inline std::string content_of(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace encke::gateway::test
