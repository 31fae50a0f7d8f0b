// SPDX-License-Identifier: MIT
// The golden vectors of tests/vectors/websocket: each is read whole, split at every byte, byte by byte, and cut at
// every byte; those that say so are also written again. Fed bytes lie in a block of exactly their size and are
// overwritten once the reader says it has consumed them.
#include <gtest/gtest.h>

#include <algorithm>
#include <encke/ledger.hpp>
#include <vector>

#include "support/vectors.hpp"
#include "websocket/reader.hpp"

namespace encke::websocket {
namespace {

struct outcome {
  std::vector<std::pair<opcode, std::string>> messages;
  std::vector<std::size_t> ends;  // bytes fed when each message came out
  std::string error;
  std::size_t error_at = 0;
  std::size_t held = 0;

  bool same_as(const outcome& other) const { return messages == other.messages && error == other.error; }
};

std::string bytes_of(const std::string& value) {
  if (value.starts_with("hex ")) return test::unhex(value.substr(4));
  if (value.starts_with("text ")) return test::unescape(value.substr(5));
  if (!value.starts_with("repeat ")) return test::unescape(value);
  const auto byte = value.find(' ', 7);
  return std::string(std::stoul(value.substr(7, byte - 7)), test::unhex(value.substr(byte + 1)).at(0));
}

opcode opcode_of(const std::string& name) {
  if (name == "text") return opcode::text;
  if (name == "binary") return opcode::binary;
  if (name == "close") return opcode::close;
  if (name == "ping") return opcode::ping;
  if (name == "pong") return opcode::pong;
  throw std::runtime_error{"no kind of message: " + name};
}

struct expectation {
  explicit expectation(const test::wire_vector& v)
      : reads{v.get("role") == "client" ? role::client : role::server}, encode{v.get("encode")} {
    if (v.get("deflate") == "on") packed = compression::deflate;
    if (v.has("limit")) allowed.message = std::stoul(v.get("limit"));
    if (v.has("fragments")) allowed.fragments = std::stoul(v.get("fragments"));
    for (const auto& value : v.all("wire")) wire += bytes_of(value);
    for (const auto& value : v.all("message")) {
      const auto space = std::min(value.find(' '), value.size());
      wanted.messages.emplace_back(opcode_of(value.substr(0, space)),
                                   space == value.size() ? "" : bytes_of(value.substr(space + 1)));
    }
    wanted.error = v.get("error");
    ends_inside = v.get("rest") == "held";
  }

  limits allowed;
  role reads;
  compression packed = compression::none;
  std::string wire, encode;
  outcome wanted;
  bool ends_inside = false;
};

outcome read(const expectation& e, const std::vector<std::size_t>& sizes) {
  outcome got;
  reader r{e.allowed, e.reads, e.packed};
  std::size_t at = 0;
  for (const auto size : sizes) {
    std::vector<char> piece{e.wire.begin() + static_cast<std::ptrdiff_t>(at),
                            e.wire.begin() + static_cast<std::ptrdiff_t>(at + size)};
    at += size;
    r.feed(piece);
    while (got.error.empty()) {
      const auto next = r.next();
      if (next.has_error()) {
        got.error = to_string(next.error());
        got.error_at = at;
      } else if (*next) {
        got.messages.emplace_back((*next)->kind, (*next)->payload);
        got.ends.push_back(at);
      } else {
        break;
      }
    }
    std::fill(piece.begin(), piece.end(), '\xee');
  }
  got.held = r.held();
  return got;
}

// Long vectors are split near their ends and here and there between.
bool is_worth_a_cut(std::size_t at, std::size_t size) {
  return size < 2000 || at < 32 || size - at < 32 || at % 8191 == 0;
}

class every_vector : public testing::TestWithParam<test::wire_vector> {
 protected:
  expectation vector{GetParam()};
  ledger::totals before = ledger::snapshot();
  void TearDown() override {
    EXPECT_EQ(ledger::snapshot().bytes(), before.bytes());
    EXPECT_EQ(ledger::snapshot().objects(), before.objects());
  }
};

TEST_P(every_vector, reads_whole) {
  const auto got = read(vector, {vector.wire.size()});
  EXPECT_EQ(got.error, vector.wanted.error);
  EXPECT_EQ(got.messages, vector.wanted.messages);
  EXPECT_EQ(got.held != 0, vector.ends_inside);
}

TEST_P(every_vector, reads_the_same_in_pieces) {
  const auto size = vector.wire.size();
  for (std::size_t cut = 1; cut < size; ++cut) {
    if (!is_worth_a_cut(cut, size)) continue;
    const auto got = read(vector, {cut, size - cut});
    ASSERT_TRUE(got.same_as(vector.wanted)) << "split at " << cut;
    ASSERT_EQ(got.held != 0, vector.ends_inside) << "split at " << cut;
  }
  const auto got = read(vector, std::vector<std::size_t>(size, 1));
  EXPECT_TRUE(got.same_as(vector.wanted));
  EXPECT_EQ(got.held != 0, vector.ends_inside);
}

TEST_P(every_vector, gives_only_what_is_complete_when_cut) {
  const auto by_byte = read(vector, std::vector<std::size_t>(vector.wire.size(), 1));
  for (std::size_t cut = 0; cut < vector.wire.size(); ++cut) {
    if (!is_worth_a_cut(cut, vector.wire.size())) continue;
    const auto got = read(vector, {cut});
    const auto complete = std::count_if(by_byte.ends.begin(), by_byte.ends.end(), [&](auto end) { return end <= cut; });
    ASSERT_EQ(got.messages.size(), static_cast<std::size_t>(complete)) << "cut at " << cut;
    ASSERT_TRUE(std::equal(got.messages.begin(), got.messages.end(), by_byte.messages.begin())) << "cut at " << cut;
    const bool failed = !by_byte.error.empty() && by_byte.error_at <= cut;
    ASSERT_EQ(got.error, failed ? by_byte.error : "") << "cut at " << cut;
  }
}

TEST_P(every_vector, writes_the_same_bytes_again) {
  if (vector.encode.empty()) return;
  std::string written;
  for (const auto& [kind, payload] : vector.wanted.messages) {
    if (vector.encode == "unmasked") {
      append_frame(written, kind, payload);
    } else {
      append_masked_frame(written, kind, payload, static_cast<std::uint32_t>(std::stoul(vector.encode, nullptr, 16)));
    }
  }
  EXPECT_EQ(written, vector.wire);
}

INSTANTIATE_TEST_SUITE_P(websocket, every_vector, testing::ValuesIn(test::load_vectors("websocket")),
                         [](const auto& one) {
                           std::string name;
                           for (char c : one.param.get("name")) name += std::isalnum(c) ? c : '_';
                           return name + "_" + std::to_string(one.index);
                         });

}  // namespace
}  // namespace encke::websocket
