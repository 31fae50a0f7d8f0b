// SPDX-License-Identifier: MIT
// The matrix as tests: one for each combination that exists.
#include <set>

#include "exits/matrix_run.hpp"

namespace encke::test::matrix {

void PrintTo(const cell& one, std::ostream* out) {
  *out << one.kind.name() << ": " << words(one.at) << ", then " << words(one.by);
}

namespace {

class exit_matrix : public testing::TestWithParam<cell> {
 protected:
  static void TearDownTestSuite() { runner::instance().finish(); }
};

// The cells that a filter left.
const std::vector<cell>& company() {
  static const std::vector<cell> chosen = [] {
    std::set<std::string, std::less<>> names;
    const auto& all = *testing::UnitTest::GetInstance();
    for (int i = 0; i < all.total_test_suite_count(); ++i)
      for (int k = 0; k < all.GetTestSuite(i)->total_test_count(); ++k)
        if (const auto& test = *all.GetTestSuite(i)->GetTestInfo(k); test.should_run()) names.insert(test.name());
    auto cells = possible_cells();
    std::erase_if(cells, [&](const cell& one) { return !names.contains("leaves_nothing/" + one.name()); });
    return cells;
  }();
  return chosen;
}

TEST_P(exit_matrix, leaves_nothing) {
  EXPECT_EQ(runner::instance().run(GetParam(), company()), "");
}

std::string name_of_cell(const testing::TestParamInfo<cell>& info) {
  return info.param.name();
}

INSTANTIATE_TEST_SUITE_P(each, exit_matrix, testing::ValuesIn(possible_cells()), name_of_cell);

}  // namespace
}  // namespace encke::test::matrix
