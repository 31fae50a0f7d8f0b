// SPDX-License-Identifier: MIT
// Ledger check: declared first in a test, it expects at the test's end that every byte charged since was given back and
// every descriptor opened since was closed. Waits a bounded time for it, because connections end on other threads.
#pragma once

#include <gtest/gtest.h>

#include <encke/ledger.hpp>
#include <filesystem>
#include <iterator>
#include <sstream>
#include <string>

#include "support/eventually.hpp"

namespace encke::test {

class ledger_check {
 public:
  explicit ledger_check(std::string of = "the test") : of_{std::move(of)} {}
  ledger_check(const ledger_check&) = delete;
  ledger_check& operator=(const ledger_check&) = delete;
  ~ledger_check() {
    if (eventually([this] { return is_as_before(); }, std::chrono::seconds{10})) return;
    ADD_FAILURE() << "after " << of_ << " something is left:" << differences();
  }

  /// True if everything is given back now.
  [[nodiscard]] bool is_as_before() const { return differences().empty(); }

 private:
  [[nodiscard]] static long open_descriptors() {
    return std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, std::filesystem::directory_iterator{});
  }

  [[nodiscard]] std::string differences() const {
    const auto now = ledger::snapshot();
    std::ostringstream out;
    for (std::size_t i = 0; i < ledger::purposes; ++i) {
      if (!ledger::is_for_clients(static_cast<ledger::purpose>(i))) continue;
      const auto bytes = now.by_purpose[i].bytes - before_.by_purpose[i].bytes;
      const auto objects = now.by_purpose[i].objects - before_.by_purpose[i].objects;
      if (bytes == 0 && objects == 0) continue;
      out << ' ' << ledger::to_string(static_cast<ledger::purpose>(i)) << ' ' << bytes << " bytes in " << objects
          << " objects;";
    }
    // Fewer than before are none that is left: a connection of an earlier test may have been accepted when this began.
    if (const auto more = open_descriptors() - descriptors_; more > 0) out << ' ' << more << " descriptors;";
    return out.str();
  }

  std::string of_;
  ledger::totals before_ = ledger::snapshot();
  long descriptors_ = open_descriptors();
};

}  // namespace encke::test
