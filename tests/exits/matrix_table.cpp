// SPDX-License-Identifier: MIT
#include "exits/matrix_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <sstream>

#include "exits/matrix.hpp"

namespace encke::test::matrix {
namespace {

// A letter for each reason why there is no such combination, in the order they come up.
class reasons_seen {
 public:
  char letter(std::string_view why) {
    const auto found = std::find(seen_.begin(), seen_.end(), why);
    const auto place = found - seen_.begin();
    if (found == seen_.end()) seen_.push_back(why);
    return static_cast<char>('a' + place);
  }
  [[nodiscard]] std::string legend(std::string_view before, std::string_view between) const {
    std::string text;
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      if (i > 0) text += between;
      text.append(before).append(1, static_cast<char>('a' + i)).append(": ").append(seen_[i]);
    }
    return text;
  }

 private:
  std::vector<std::string_view> seen_;
};

template <class Act>
void for_each_stage(Act act) {
  for (std::size_t i = 0; i < stages; ++i) act(static_cast<stage>(i));
}
template <class Act>
void for_each_ending(Act act) {
  for (std::size_t i = 0; i < endings; ++i) act(static_cast<ending>(i));
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

// "4", "2 a": tested for so many kinds, and why not for the others.
std::string place_of(const std::vector<way>& kinds, stage at, ending by, reasons_seen& seen) {
  std::size_t count = 0;
  std::string letters;
  for (const auto& kind : kinds) {
    const auto why = impossible({kind, at, by});
    if (why.empty()) {
      ++count;
    } else if (const char one = seen.letter(why); letters.find(one) == std::string::npos) {
      letters += one;
    }
  }
  if (count == 0) return letters;
  return letters.empty() ? std::to_string(count) : std::to_string(count) + " " + letters;
}

void add_family(std::ostream& out, carrier by, reasons_seen& seen) {
  std::vector<way> kinds;
  for (const auto& kind : every_kind())
    if (kind.by == by) kinds.push_back(kind);
  out << "\n| |";
  for_each_ending([&](ending one) { out << ' ' << short_name(one) << " |"; });
  out << "\n|---|";
  for_each_ending([&](ending) { out << "---|"; });
  out << "\n";
  for_each_stage([&](stage at) {
    const auto exists = [&](const way& kind) { return impossible({kind, at, ending::fin}).empty(); };
    if (std::none_of(kinds.begin(), kinds.end(), exists)) return;
    out << "| " << words(at) << " |";
    for_each_ending([&](ending one) { out << ' ' << place_of(kinds, at, one, seen) << " |"; });
    out << "\n";
  });
}

// What became of each test of the matrix that was run.
std::map<std::string, bool> verdicts() {
  std::map<std::string, bool> passed;
  const auto& all = *testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const auto& suite = *all.GetTestSuite(i);
    if (std::string{suite.name()} != "each/exit_matrix") continue;
    for (int k = 0; k < suite.total_test_count(); ++k) {
      const auto& test = *suite.GetTestInfo(k);
      const std::string name = test.name();
      if (test.should_run()) passed[name.substr(name.find('/') + 1)] = test.result()->Passed();
    }
  }
  return passed;
}

struct totals {
  std::size_t ok = 0, failed = 0, impossible = 0, left_out = 0;
};

std::string outcome_of(const cell& one, const std::map<std::string, bool>& passed, reasons_seen& seen, totals& sum) {
  if (const auto why = impossible(one); !why.empty()) {
    ++sum.impossible;
    return std::string{"n.a."} + seen.letter(why);
  }
  const auto found = passed.find(one.name());
  if (found == passed.end()) return ++sum.left_out, "-";
  if (!found->second) return ++sum.failed, "FAIL";
  return ++sum.ok, "ok";
}

// With ENCKE_EXITS_TABLE set, the tables follow the tests.
class printer : public testing::EmptyTestEventListener {
  void OnTestProgramEnd(const testing::UnitTest&) override {
    if (std::getenv("ENCKE_EXITS_TABLE") != nullptr) std::fputs(outcomes().c_str(), stdout);
  }
};
[[maybe_unused]] const bool prints = [] {
  testing::UnitTest::GetInstance()->listeners().Append(new printer);
  return true;
}();

}  // namespace

std::string chapter() {
  std::ostringstream out;
  reasons_seen seen;
  out << "## The matrix\n\n"
         "Each kind of client x each stage it can be in x each way it can end. After each of them the ledger is what "
         "it\n"
         "was, no deadline is armed (the ledger counts them), and the same descriptors are open. `./dev exits` runs "
         "all\n"
         "and prints the outcomes; more words choose, e.g. `./dev exits websocket eio4 tls joined`.\n\n"
         "A number says for how many kinds of client a combination is tested, letters why it does not exist for "
         "others.\n"
         "The columns:\n\n";
  for_each_ending([&](ending by) { out << "- *" << short_name(by) << "*: " << words(by) << "\n"; });
  out << "\n### Polling\n\nEight kinds: plain or JSONP x protocol 4 or 3 x without or with TLS.\n";
  add_family(out, carrier::polling, seen);
  out << "\n### WebSocket\n\nFour kinds: protocol 4 or 3 x without or with TLS.\n";
  add_family(out, carrier::websocket, seen);
  out << "\nNot there: " << seen.legend("", "; ") << ".\n\n"
      << possible_cells().size() << " combinations are tested.\n";
  return out.str();
}

std::string outcomes() {
  const auto passed = verdicts();
  std::ostringstream out;
  reasons_seen seen;
  totals sum;
  for (const auto& kind : every_kind()) {
    const auto is_shown = [&](const auto& verdict) { return verdict.first.starts_with(kind.name() + "_"); };
    if (std::none_of(passed.begin(), passed.end(), is_shown)) continue;
    out << "\n" << padded(kind.name(), 37);
    for_each_ending([&](ending by) { out << ' ' << padded(std::string{short_name(by)}, 7); });
    out << "\n";
    for_each_stage([&](stage at) {
      out << padded(std::string{words(at)}, 37);
      for_each_ending([&](ending by) { out << ' ' << padded(outcome_of({kind, at, by}, passed, seen, sum), 7); });
      out << "\n";
    });
  }
  if (passed.empty()) return {};
  out << "\n";
  for_each_ending([&](ending by) { out << padded(std::string{short_name(by)}, 8) << words(by) << "\n"; });
  out << "\n" << seen.legend("n.a.", "\n") << "\n\n" << sum.ok << " ok, " << sum.failed << " failed, ";
  if (sum.left_out > 0) out << sum.left_out << " not run, ";
  out << sum.impossible << " do not exist\n";
  return out.str();
}

}  // namespace encke::test::matrix
