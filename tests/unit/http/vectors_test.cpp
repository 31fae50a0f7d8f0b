// SPDX-License-Identifier: MIT
// The golden vectors of HTTP requests: whole, split at every byte, byte by byte, and cut at every byte.
#include "support/vectors.hpp"
#include "transcript.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace encke::test {
namespace {

struct settings {
  http::limits limits;
  std::size_t body = http::request_parser::default_body_limit;
};

settings settings_of(const wire_vector& v) {
  settings chosen;
  std::istringstream words{v.get("limits")};
  for (std::string word; words >> word;) {
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    const auto value = std::stoul(word.substr(equals + 1));
    if (name == "head") chosen.limits.head = value;
    if (name == "headers") chosen.limits.headers = value;
    if (name == "target") chosen.limits.target = value;
    if (name == "body") chosen.body = value;
  }
  return chosen;
}

std::string wire_of(const wire_vector& v) {
  std::string wire;
  for (const auto& line : v.all("wire")) {
    const auto space = line.find(' ');
    const auto rest = std::string_view{line}.substr(space + 1);
    wire += line.substr(0, space) == "hex" ? unhex(rest) : unescape(rest);
  }
  return wire;
}

transcript without_headers(const transcript& lines) {
  transcript kept;
  std::ranges::copy_if(lines, std::back_inserter(kept), [](const auto& line) { return line.first != "header"; });
  return kept;
}

// What the vector expects; header lines count only if it has any.
transcript expected_of(const wire_vector& v) {
  transcript lines;
  for (const auto& [key, value] : v.fields)
    if (key != "name" && key != "wire" && key != "limits") lines.emplace_back(key, unescape(value));
  return lines;
}

transcript run(const settings& chosen, const std::vector<std::string_view>& pieces) {
  http_scribe scribe{chosen.limits, chosen.body};
  for (const auto piece : pieces) scribe.feed(piece);
  return scribe.finish();
}

bool is_prefix(const transcript& part, const transcript& whole) {
  if (part.size() > whole.size()) return false;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const bool is_rest = part[i].first == "unread" && whole[i].second.starts_with(part[i].second);
    if (part[i].first != whole[i].first || (part[i].second != whole[i].second && !is_rest)) return false;
  }
  return true;
}

class http_vectors : public testing::Test {
 protected:
  void SetUp() override { before_ = ledger::snapshot(); }
  void TearDown() override { EXPECT_TRUE(is_ledger_as_before()); }
  [[nodiscard]] bool is_ledger_as_before() const {
    const auto now = ledger::snapshot();
    return now.bytes() == before_.bytes() && now.objects() == before_.objects();
  }

  std::vector<wire_vector> vectors_ = load_vectors("http");
  ledger::totals before_;
};

TEST_F(http_vectors, give_what_they_say_when_whole) {
  for (const auto& v : vectors_) {
    SCOPED_TRACE(v.where + " " + v.get("name"));
    const auto lines = run(settings_of(v), {wire_of(v)});
    EXPECT_EQ(v.has("header") ? lines : without_headers(lines), expected_of(v));
  }
}

TEST_F(http_vectors, give_the_same_when_split_at_every_byte) {
  for (const auto& v : vectors_) {
    SCOPED_TRACE(v.where + " " + v.get("name"));
    const auto wire = wire_of(v);
    const auto whole = run(settings_of(v), {wire});
    std::vector<std::string_view> bytes;
    for (std::size_t i = 0; i < wire.size(); ++i) {
      const std::string_view all = wire;
      ASSERT_EQ(run(settings_of(v), {all.substr(0, i), all.substr(i)}), whole) << "split at " << i;
      bytes.push_back(all.substr(i, 1));
    }
    EXPECT_EQ(run(settings_of(v), bytes), whole) << "byte by byte";
  }
}

TEST_F(http_vectors, give_nothing_more_when_cut_at_every_byte) {
  for (const auto& v : vectors_) {
    SCOPED_TRACE(v.where + " " + v.get("name"));
    const auto wire = wire_of(v);
    const auto whole = run(settings_of(v), {wire});
    for (std::size_t i = 0; i < wire.size(); ++i) {
      const auto part = run(settings_of(v), {std::string_view{wire}.substr(0, i)});
      ASSERT_TRUE(is_prefix(part, whole)) << "cut at " << i;
      if (!v.has("error") && !v.has("unread")) {
        ASSERT_LT(part.size(), whole.size()) << "cut at " << i;
      }
      ASSERT_TRUE(is_ledger_as_before()) << "cut at " << i;
    }
  }
}

}  // namespace
}  // namespace encke::test
