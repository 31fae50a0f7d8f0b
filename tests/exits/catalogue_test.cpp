// SPDX-License-Identifier: MIT
// Keeps docs/exits.md, the list of all ways out, in step with the tests. With ENCKE_UPDATE_DOCS set it is written anew.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "exits/matrix_table.hpp"
#include "support/source_dir.hpp"

namespace {

std::string words(std::string text) {
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

// "each/polling_exit" and "closed_by_the_client/polling_eio4": way out -> the kinds it is tested for.
std::string catalogue() {
  std::map<std::string, std::map<std::string, std::vector<std::string>>> ways;
  const auto& all = *testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const auto& suite = *all.GetTestSuite(i);
    std::string name = suite.name();
    if (name == "exits_catalogue" || name == "each/exit_matrix") continue;
    name = name.substr(name.find('/') + 1);
    for (int k = 0; k < suite.total_test_count(); ++k) {
      const std::string test = suite.GetTestInfo(k)->name();
      const auto slash = test.find('/');
      auto& kinds = ways[words(name)][words(test.substr(0, slash))];
      if (slash != std::string::npos) kinds.push_back(words(test.substr(slash + 1)));
    }
  }
  std::ostringstream out;
  out << "# Ways out\n\n"
         "Every way a connection, a session or a socket can end has a test in `tests/exits`, and each of them ends "
         "with\n"
         "the same ledger and the same open descriptors as before. This list is written by that test program\n"
         "(`ENCKE_UPDATE_DOCS=1 build/dev/exits --gtest_filter=exits_catalogue.*`), and fails when it is out of "
         "step.\n\n"
      << encke::test::matrix::chapter()
      << "\n## Single ways out\n\n"
         "These look at more than what is left: at codes, answers and reasons, at orders of events, at many at once.\n";
  for (const auto& [suite, tests] : ways) {
    out << "\n### " << suite << "\n\n";
    for (const auto& [test, kinds] : tests) {
      out << "- " << test;
      for (std::size_t i = 0; i < kinds.size(); ++i) out << (i == 0 ? ": " : ", ") << kinds[i];
      out << "\n";
    }
  }
  return out.str();
}

TEST(exits_catalogue, is_in_step_with_the_tests) {
  const std::string path = ENCKE_SOURCE_DIR "/docs/exits.md";
  if (std::getenv("ENCKE_UPDATE_DOCS") != nullptr) std::ofstream{path} << catalogue();
  std::ifstream in{path};
  const std::string written{std::istreambuf_iterator<char>{in}, {}};
  EXPECT_EQ(written, catalogue());
}

}  // namespace
