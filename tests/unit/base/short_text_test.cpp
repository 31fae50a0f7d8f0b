// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <base/short_text.hpp>
#include <string>

#include "support/ledger_check.hpp"

namespace encke::test {
namespace {

using text = short_text<ledger::purpose::room>;

TEST(short_text, gives_back_text_of_any_length) {
  const ledger_check nothing_left;
  static_assert(sizeof(text) == 24);
  for (const std::size_t size : {0U, 1U, 22U, 23U, 24U, 127U, 128U, 255U, 70'000U}) {
    std::string given(size, 'x');
    for (std::size_t i = 0; i < size; ++i) given[i] = static_cast<char>(i);
    EXPECT_EQ(text{given}.view(), given) << size;
  }
}

TEST(short_text, charges_only_what_does_not_fit) {
  const auto held = [] { return ledger::snapshot()[ledger::purpose::room].bytes; };
  const auto before = held();
  {
    const text fits{std::string(23, 'a')};
    EXPECT_EQ(held(), before);
    const text is_longer{std::string(24, 'a')};
    EXPECT_EQ(held(), before + 24);
  }
  EXPECT_EQ(held(), before);
}

}  // namespace
}  // namespace encke::test
