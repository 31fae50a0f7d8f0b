// SPDX-License-Identifier: MIT
// The reader's promises about memory and its own state; what it makes of bytes is in the vectors.
#include "websocket/reader.hpp"

#include <gtest/gtest.h>

#include <encke/ledger.hpp>

namespace encke::websocket {
namespace {

constexpr std::uint32_t key = 0x8badf00d;

std::string masked(opcode kind, std::string_view payload, bool fin = true) {
  std::string out;
  append_masked_frame(out, kind, payload, key, fin);
  return out;
}

std::int64_t charged() {
  return ledger::snapshot()[ledger::purpose::websocket].bytes;
}

class reader_test : public testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(charged(), before); }

  std::optional<message> next(reader& r) {
    auto got = r.next();
    EXPECT_TRUE(got.has_value()) << to_string(got.error());
    return got.has_value() ? *got : std::nullopt;
  }

  std::int64_t before = charged();
};

using reader_memory = reader_test;
using reader_life = reader_test;

TEST_F(reader_memory, a_whole_frame_is_given_where_it_lies) {
  reader r{limits{}};
  auto bytes = masked(opcode::text, "first") + masked(opcode::binary, "second") + masked(opcode::ping, "third");
  r.feed(bytes);
  for (const auto wanted : {"first", "second", "third"}) {
    const auto got = next(r);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->payload, wanted);
    EXPECT_GE(got->payload.data(), bytes.data());
    EXPECT_LT(got->payload.data(), bytes.data() + bytes.size());
    EXPECT_EQ(r.held(), 0U);
    EXPECT_EQ(charged(), before);
  }
  EXPECT_FALSE(next(r));
}

TEST_F(reader_memory, a_control_frame_between_fragments_is_given_where_it_lies) {
  reader r{limits{}};
  auto bytes = masked(opcode::text, "a", false) + masked(opcode::ping, "p");
  r.feed(bytes);
  const auto got = next(r);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->payload.data(), bytes.data() + bytes.size() - 1);
}

TEST_F(reader_memory, what_it_holds_is_charged_and_goes_when_the_message_went) {
  reader r{limits{}};
  auto bytes = masked(opcode::binary, std::string(1000, 'x'));
  r.feed(std::span{bytes}.first(600));
  EXPECT_FALSE(next(r));
  EXPECT_GE(r.held(), 590U);
  EXPECT_EQ(charged() - before, static_cast<std::int64_t>(r.held()));
  r.feed(std::span{bytes}.subspan(600));
  EXPECT_TRUE(next(r));
  EXPECT_FALSE(next(r));
  EXPECT_EQ(r.held(), 0U);
  EXPECT_EQ(charged(), before);
}

TEST_F(reader_memory, a_declared_megabyte_costs_what_has_arrived) {
  reader r{limits{.message = 1'000'000}};
  auto bytes = masked(opcode::binary, std::string(1'000'000, 'x'));
  std::size_t fed = 0;
  r.feed({});
  const auto idle = [&] {
    r.feed(std::span{bytes}.first(1));
    return next(r), r.held();
  }();
  fed = 1;
  EXPECT_LT(idle, 400U);
  for (const std::size_t size : {10, 1, 100, 1000, 10'000, 100'000, 500'000}) {
    r.feed(std::span{bytes}.subspan(fed, size));
    fed += size;
    EXPECT_FALSE(next(r));
    EXPECT_LE(r.held(), idle + 2 * fed);
    EXPECT_EQ(charged() - before, static_cast<std::int64_t>(r.held()));
  }
  r.feed(std::span{bytes}.subspan(fed));
  const auto got = next(r);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->payload.size(), 1'000'000U);
  EXPECT_EQ(r.held(), idle + 1'000'000) << "the last frame's length is known, so nothing is reserved beyond it";
}

TEST_F(reader_memory, an_endless_row_of_empty_fragments_holds_nothing_more) {
  reader r{limits{.fragments = 1'000'000}};
  auto first = masked(opcode::text, "", false);
  r.feed(first);
  EXPECT_FALSE(next(r));
  const auto held = r.held();
  for (int i = 0; i < 10'000; ++i) {
    auto more = masked(opcode::continuation, "", false);
    r.feed(more);
    EXPECT_FALSE(next(r));
  }
  EXPECT_EQ(r.held(), held);
}

TEST_F(reader_memory, an_error_frees_it) {
  reader r{limits{}};
  auto bytes = masked(opcode::text, "abc", false) + masked(opcode::text, "d");
  r.feed(bytes);
  EXPECT_EQ(r.next().error(), error::expected_continuation);
  EXPECT_EQ(r.held(), 0U);
  EXPECT_EQ(charged(), before);
}

TEST_F(reader_memory, a_close_between_fragments_frees_it) {
  reader r{limits{}};
  auto bytes = masked(opcode::text, "abc", false) + masked(opcode::close, "");
  r.feed(bytes);
  EXPECT_EQ(next(r)->kind, opcode::close);
  EXPECT_FALSE(next(r));
  EXPECT_EQ(r.held(), 0U);
}

TEST_F(reader_memory, a_reader_may_die_inside_a_message) {
  auto bytes = masked(opcode::text, "abc", false);
  reader r{limits{}};
  r.feed(bytes);
  EXPECT_FALSE(next(r));
  EXPECT_GT(charged(), before);
}

TEST_F(reader_life, a_payload_stays_until_the_next_call) {
  reader r{limits{}};
  auto first = masked(opcode::text, "abc", false),
       rest = masked(opcode::continuation, "def") + masked(opcode::text, "x");
  r.feed(first);
  EXPECT_FALSE(next(r));
  r.feed(rest);
  const auto got = next(r);
  ASSERT_TRUE(got);
  EXPECT_GT(r.held(), 0U);
  EXPECT_EQ(got->payload, "abcdef");
  EXPECT_EQ(next(r)->payload, "x");
  EXPECT_EQ(r.held(), 0U);
}

TEST_F(reader_life, an_error_is_final) {
  reader r{limits{}};
  std::string bad = "\x81", good = masked(opcode::text, "ok");
  bad += '\x02';
  r.feed(bad);
  EXPECT_EQ(r.next().error(), error::unmasked_client_frame);
  r.feed(good);
  EXPECT_EQ(r.next().error(), error::unmasked_client_frame);
  EXPECT_FALSE(r.is_closed());
}

TEST_F(reader_life, after_a_close_nothing_comes_out) {
  reader r{limits{}};
  auto bytes = masked(opcode::close, "\x03\xe8") + masked(opcode::text, "no"), more = masked(opcode::text, "no");
  EXPECT_FALSE(r.is_closed());
  r.feed(bytes);
  EXPECT_EQ(next(r)->kind, opcode::close);
  EXPECT_TRUE(r.is_closed());
  EXPECT_FALSE(next(r));
  r.feed(more);
  EXPECT_FALSE(next(r));
}

TEST_F(reader_life, moving_takes_the_message_along) {
  reader r{limits{}};
  auto bytes = masked(opcode::text, "abc", false), rest = masked(opcode::continuation, "def");
  r.feed(bytes);
  EXPECT_FALSE(next(r));
  reader moved{std::move(r)};
  moved.feed(rest);
  EXPECT_EQ(next(moved)->payload, "abcdef");
}

TEST_F(reader_life, no_limit_is_a_limit_too) {
  reader r{limits{.message = SIZE_MAX, .fragments = SIZE_MAX}};
  auto bytes = masked(opcode::text, "abc", false) + masked(opcode::continuation, "def");
  r.feed(bytes);
  EXPECT_EQ(next(r)->payload, "abcdef");
}

TEST(error_codes, are_those_of_the_rfc) {
  EXPECT_EQ(close_code_of(error::invalid_utf8), close_code::invalid_payload);
  EXPECT_EQ(close_code_of(error::message_too_big), close_code::message_too_big);
  EXPECT_EQ(close_code_of(error::too_many_fragments), close_code::policy_violation);
  EXPECT_EQ(close_code_of(error::reserved_bits), close_code::protocol_error);
  EXPECT_EQ(close_code_of(error::bad_close_code), close_code::protocol_error);
}

}  // namespace
}  // namespace encke::websocket
