// SPDX-License-Identifier: MIT
// What vectors cannot say: limits, who owns what, and what is charged.
#include <gtest/gtest.h>

#include <string>
#include <unit/socketio/wire.hpp>

namespace encke::socketio::test {
namespace {

std::string times(std::size_t count, std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

error error_of(std::string_view text, const limits& l, dialect d = dialect::v5) {
  decoder in{d, l};
  const answer a = in.feed_text(text);
  return a ? throw std::runtime_error{"no error: " + std::string{text}} : a.error();
}

bool takes(std::string_view text, const limits& l, dialect d = dialect::v5) {
  decoder in{d, l};
  return in.feed_text(text).has_value();
}

TEST(decoder, points_into_a_text_packet_and_allocates_nothing) {
  const limits l;
  const ledger::totals before = ledger::snapshot();
  const std::string text = R"(2/admin,12["name",{"a":1},2])";
  decoder in{dialect::v5, l};
  const answer a = in.feed_text(text);
  ASSERT_TRUE(a && *a);
  const packet& p = **a;
  EXPECT_EQ(p.kept, nullptr);
  for (const std::string_view view : {p.nsp, p.json, p.event, p.args}) {
    EXPECT_GE(view.data(), text.data());
    EXPECT_LE(view.data() + view.size(), text.data() + text.size());
  }
  EXPECT_EQ(ledger::snapshot().objects(), before.objects());
}

TEST(decoder, gives_its_memory_away_with_a_binary_packet) {
  const limits l;
  const std::int64_t before = bytes_held();
  std::optional<packet> kept;
  {
    decoder in{dialect::v5, l};
    {
      const std::string text = R"(51-/a_namespace_past_sso,["an event name past sso",{"_placeholder":true,"num":0}])";
      const answer a = in.feed_text(text);
      ASSERT_TRUE(a && !*a);
    }
    EXPECT_TRUE(in.is_waiting());
    const std::string blob(1000, 'x');
    answer a = in.feed_binary(blob);
    ASSERT_TRUE(a && *a);
    EXPECT_FALSE(in.is_waiting());
    kept = std::move(*a);
  }
  EXPECT_EQ(kept->nsp, "/a_namespace_past_sso");
  EXPECT_EQ(kept->event, "an event name past sso");
  EXPECT_EQ(kept->args, R"({"_placeholder":true,"num":0})");
  EXPECT_EQ(kept->attachments[0], std::string(1000, 'x'));
  EXPECT_GE(bytes_held() - before, 1000);
  kept.reset();
  EXPECT_EQ(bytes_held(), before);
}

TEST(decoder, keeps_an_unescaped_name_with_its_packet) {
  const limits l;
  const std::int64_t before = bytes_held();
  {
    decoder in{dialect::v5, l};
    answer a = in.feed_text(R"(2["a name past sso of strings \u0041"])");
    ASSERT_TRUE(a && *a);
    const packet moved = std::move(**a);
    ASSERT_TRUE(in.feed_text(R"(2["\u0042"])"));
    EXPECT_EQ(moved.event, "a name past sso of strings A");
    EXPECT_GT(bytes_held(), before);
  }
  EXPECT_EQ(bytes_held(), before);
}

TEST(decoder, charges_a_half_received_packet_and_forgets_it_when_it_dies) {
  const limits l;
  const ledger::totals before = ledger::snapshot();
  {
    decoder in{dialect::v5, l};
    ASSERT_TRUE(in.feed_text("52-[\"a\",\"" + std::string(5000, 'x') + "\"]"));
    ASSERT_TRUE(in.feed_binary(std::string(3000, 'y')));
    const auto client = static_cast<std::size_t>(ledger::purpose::client);
    EXPECT_GE(ledger::snapshot().by_purpose[client].bytes - before.by_purpose[client].bytes, 8000);
  }
  EXPECT_EQ(ledger::snapshot().bytes(), before.bytes());
  EXPECT_EQ(ledger::snapshot().objects(), before.objects());
}

TEST(decoder, ignores_everything_once_stopped) {
  const limits l;
  const auto before = bytes_held();
  decoder in{dialect::v5, l};
  ASSERT_TRUE(in.feed_text("52-[\"a\"]"));
  in.stop();
  EXPECT_FALSE(in.is_waiting());
  EXPECT_EQ(bytes_held(), before);
  for (const auto* message : {"2[\"a\"]", "52-[\"a\"]", "nonsense", ""}) {
    const answer a = in.feed_text(message);
    EXPECT_TRUE(a && !*a) << message;
  }
  const answer b = in.feed_binary("x");
  EXPECT_TRUE(b && !*b);
}

TEST(decoder, moves_with_what_it_waits_for) {
  const limits l;
  decoder first{dialect::v5, l};
  ASSERT_TRUE(first.feed_text("51-[\"a\"]"));
  decoder second = std::move(first);
  const answer a = second.feed_binary("x");
  ASSERT_TRUE(a && *a);
  EXPECT_EQ((*a)->event, "a");
}

TEST(decoder, goes_on_after_a_binary_packet) {
  const limits l;
  decoder in{dialect::v5, l};
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(in.feed_text("51-[\"a\"]"));
    const answer binary = in.feed_binary("x");
    ASSERT_TRUE(binary && *binary);
    const answer text = in.feed_text("2[\"b\"]");
    ASSERT_TRUE(text && *text);
    EXPECT_EQ((*text)->event, "b");
  }
}

TEST(decoder, limits_the_attachments_of_one_packet_together) {
  const limits l{.attachment_bytes = 10};
  const std::int64_t before = bytes_held();
  decoder in{dialect::v5, l};
  ASSERT_TRUE(in.feed_text("53-[\"a\"]"));
  ASSERT_TRUE(in.feed_binary("123456"));
  ASSERT_TRUE(in.feed_binary("7890"));
  EXPECT_EQ(in.feed_binary("x").error(), error::attachments_too_large);
  EXPECT_FALSE(in.is_waiting());
  EXPECT_EQ(bytes_held(), before);
}

TEST(decoder, takes_attachments_up_to_the_limit_in_each_packet_anew) {
  const limits l{.attachment_bytes = 4};
  decoder in{dialect::v5, l};
  for (int round = 0; round < 2; ++round) {
    ASSERT_TRUE(in.feed_text("51-[\"a\"]"));
    const answer a = in.feed_binary("1234");
    EXPECT_TRUE(a && *a);
  }
}

TEST(decoder, limits_the_number_of_attachments) {
  EXPECT_EQ(error_of("53-[\"a\"]", {.attachments = 2}), error::too_many_attachments);
  EXPECT_TRUE(takes("52-[\"a\"]", {.attachments = 2}));
  EXPECT_EQ(error_of("51-[\"a\"]", {.attachments = 0}), error::too_many_attachments);
  EXPECT_TRUE(takes("5123-[\"a\"]", {.attachments = SIZE_MAX}));
}

TEST(decoder, limits_the_namespace) {
  const limits l{.nsp = 6};
  EXPECT_TRUE(takes("0/admin", l));
  EXPECT_TRUE(takes("0/admin,", l));
  EXPECT_EQ(error_of("0/admins", l), error::bad_namespace);
  EXPECT_EQ(error_of("0/a?query,", l, dialect::v4), error::bad_namespace);
  EXPECT_EQ(error_of("2/" + std::string(600, 'x') + ",[\"a\"]", {}), error::bad_namespace);
}

TEST(decoder, limits_the_depth_of_every_payload) {
  const limits l{.depth = 4};
  EXPECT_TRUE(takes("2[\"a\",[[[]]]]", l));
  EXPECT_EQ(error_of("2[\"a\",[[[[]]]]]", l), error::too_deep);
  EXPECT_EQ(error_of("2[\"a\",{\"b\":{\"c\":{\"d\":{}}}}]", l), error::too_deep);
  EXPECT_TRUE(takes("0{\"a\":[[[]]]}", l));
  EXPECT_EQ(error_of("0{\"a\":[[[[]]]]}", l), error::too_deep);
  EXPECT_EQ(error_of("31[[[[[]]]]]", l), error::too_deep);
  EXPECT_EQ(error_of("2[\"a\"]", {.depth = 0}), error::too_deep);
}

TEST(decoder, never_goes_deeper_than_512_whatever_the_limit) {
  const limits l{.depth = SIZE_MAX};
  EXPECT_TRUE(takes("2[\"a\"," + times(511, "[") + times(511, "]") + "]", l));
  EXPECT_EQ(error_of("2[\"a\"," + times(600, "[") + times(600, "]") + "]", l), error::too_deep);
  EXPECT_EQ(error_of("2[\"a\"," + times(100'000, "[{\"a\":"), l), error::too_deep);
}

TEST(decoder, knows_objects_from_arrays_at_every_depth) {
  const limits l{.depth = 400};
  EXPECT_TRUE(takes("2[\"a\"," + times(150, "[{\"a\":") + "1" + times(150, "}]") + "]", l));
  EXPECT_EQ(error_of("2[\"a\"," + times(150, "[{\"a\":") + "1" + times(149, "}]") + "]}]", l), error::invalid_json);
  EXPECT_EQ(error_of("2[\"a\"," + times(65, "[") + times(64, "]") + "}]", l), error::invalid_json);
}

TEST(decoder, limits_the_arguments) {
  const limits l{.args = 2};
  EXPECT_TRUE(takes("2[\"a\",1,2]", l));
  EXPECT_EQ(error_of("2[\"a\",1,2,3]", l), error::too_many_arguments);
  EXPECT_TRUE(takes("31[1,2]", l));
  EXPECT_EQ(error_of("31[1,2,3]", l), error::too_many_arguments);
}

TEST(decoder, has_a_name_for_every_error) {
  for (int e = 0; e <= static_cast<int>(error::illegal_placeholder); ++e)
    EXPECT_NE(to_string(static_cast<error>(e)), "unknown") << e;
}

}  // namespace
}  // namespace encke::socketio::test
