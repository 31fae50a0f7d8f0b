// SPDX-License-Identifier: MIT
// What the tests of the engine share: one certificate, both versions of TLS, and the checks at the end of each test:
// the ledger is as it was and OpenSSL's queue holds no error.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include "unit/tls/client.hpp"

namespace encke::tls::test {

class engine_fixture : public testing::TestWithParam<int> {
 protected:
  static void SetUpTestSuite() {
    if (!shared_) shared_ = make_context();
  }
  void TearDown() override {
    EXPECT_EQ(ERR_peek_error(), 0U);
    const auto after = ledger::snapshot();
    EXPECT_EQ(after.bytes(), before_.bytes());
    EXPECT_EQ(after.objects(), before_.objects());
  }
  [[nodiscard]] static std::int64_t charged() { return ledger::snapshot()[ledger::purpose::tls].bytes; }
  [[nodiscard]] static client_settings version() { return {.version = GetParam()}; }

  static inline std::shared_ptr<const context> shared_;

 private:
  ledger::totals before_ = ledger::snapshot();
};

inline std::string random_bytes(std::size_t size) {
  static std::mt19937 random{1};
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

}  // namespace encke::tls::test
