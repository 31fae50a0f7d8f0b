// SPDX-License-Identifier: MIT
// How room is made in the queue of a slow client, policy by policy.
#include <net/slow_rules.hpp>

#include <gtest/gtest.h>

namespace encke::net {
namespace {

using namespace std::chrono_literals;
constexpr hub::label answer{0}, plain{1}, ruled{2}, other{3};

hub::frame_ptr frame(std::string_view text, hub::label as = plain) {
  return hub::frame::make(std::span{&text, 1}, {}, as);
}

std::string texts(const outbox& box) {
  std::string all;
  box.for_each([&](const hub::frame& one) { all.append(one.text().substr(1)) += ' '; });
  return all;
}

options with(slow_rule rule) {
  options o;
  o.outbox_bytes = 1000;
  o.outbox_messages = 4;
  o.slow_rules = {rule, {.event = "other", .policy = overflow::drop_newest}};
  return o;
}

struct queue {
  slow_rules rules;
  outbox box{};
  slow_rules::outcome last{};

  explicit queue(const options& o) : rules{o} {}
  // Queues a message as session does.
  bool put(std::string_view text, hub::label as = ruled, stamp now = 0) {
    const auto what = frame(std::string{"4"}.append(text), as);
    last = rules.make_room(box, as, what->size(), now);
    if (last.fits) box.push(what, now);
    return last.fits;
  }
};

TEST(slow_rules, one_message_always_finds_its_place) {
  queue at{with({.policy = overflow::close, .bytes = 10})};
  EXPECT_TRUE(at.put(std::string(100, 'x')));
  EXPECT_FALSE(at.put("y"));
  EXPECT_EQ(at.last.cut, too_much::bytes);
}

TEST(slow_rules, close_says_which_limit_was_reached) {
  queue at{with({.policy = overflow::close, .age = 5s})};
  for (const auto* text : {"a", "b", "c", "d"}) EXPECT_TRUE(at.put(text, ruled, 1000));
  EXPECT_FALSE(at.put("e", ruled, 1000));
  EXPECT_EQ(at.last.cut, too_much::messages);
  at.box.consume(8);  // two of them
  EXPECT_TRUE(at.put("f", ruled, 6000));
  EXPECT_FALSE(at.put("g", ruled, 6001));
  EXPECT_EQ(at.last.cut, too_much::age);
  EXPECT_FALSE(at.put(std::string(1000, 'x'), ruled, 6000));
  EXPECT_EQ(at.last.cut, too_much::bytes);
}

TEST(slow_rules, drop_newest_leaves_the_queue_alone) {
  queue at{with({.policy = overflow::drop_newest})};
  for (const auto* text : {"a", "b", "c", "d"}) EXPECT_TRUE(at.put(text));
  EXPECT_FALSE(at.put("e"));
  EXPECT_EQ(at.last.cut, too_much::nothing);
  EXPECT_EQ(texts(at.box), "a b c d ");
}

TEST(slow_rules, drop_oldest_takes_those_of_its_own_rule) {
  queue at{with({.policy = overflow::drop_oldest})};
  EXPECT_TRUE(at.put("x", other) && at.put("a") && at.put("b") && at.put("y", other));
  EXPECT_TRUE(at.put("c"));
  EXPECT_EQ(at.last.oldest, 1U);
  EXPECT_EQ(texts(at.box), "x b y c ");
  EXPECT_TRUE(at.put("d") && at.put("e"));
  EXPECT_EQ(texts(at.box), "x y d e ");
  EXPECT_FALSE(at.put(std::string(995, 'z'))) << "not even alone";
  EXPECT_EQ(at.last.oldest, 2U);
  EXPECT_EQ(texts(at.box), "x y ");
}

TEST(slow_rules, what_has_begun_to_be_sent_is_not_taken) {
  queue at{with({.policy = overflow::drop_oldest})};
  for (const auto* text : {"a", "b", "c", "d"}) EXPECT_TRUE(at.put(text));
  at.box.consume(1);
  EXPECT_TRUE(at.put("e"));
  EXPECT_EQ(texts(at.box), "a c d e ");
}

TEST(slow_rules, latest_replaces_the_one_of_its_key_at_once) {
  queue at{with({.policy = overflow::latest})};
  const hub::label eur{2, "eur"}, usd{2, "usd"};
  EXPECT_TRUE(at.put("eur1", eur) && at.put("usd1", usd) && at.put("x", other));
  EXPECT_TRUE(at.put("eur2", eur));
  EXPECT_EQ(at.last.replaced, 1U);
  EXPECT_EQ(texts(at.box), "usd1 x eur2 ") << "behind what was sent before it";
  EXPECT_TRUE(at.put("none"));
  EXPECT_TRUE(at.put("usd2", usd)) << "full, and it finds room";
  EXPECT_EQ(texts(at.box), "x eur2 none usd2 ");
  EXPECT_TRUE(at.put("gbp1", hub::label{2, "gbp"}));
  EXPECT_EQ(at.last.oldest, 1U);
  EXPECT_EQ(texts(at.box), "x none usd2 gbp1 ");
}

TEST(slow_rules, twins_for_other_clients_keep_their_key) {
  const std::string attachment = "\1\2\3";
  const std::string_view text = "451-[\"a\",{\"_placeholder\":true,\"num\":0}]";
  const auto one = hub::frame::make(std::span{&text, 1}, std::span{&attachment, 1}, {7, "key"});
  EXPECT_EQ(one->labelled().key, "key");
  EXPECT_EQ(one->recoded(engineio::revision::v3, false)->labelled().rule, 7U);
  EXPECT_EQ(one->recoded(engineio::revision::v4, true)->labelled().key, "key");
  const std::string_view long_text = std::string_view{"4"};
  const std::string many = "4" + std::string(5000, 'x');
  const std::string_view many_text = many;
  const auto large = hub::frame::make(std::span{&many_text, 1}, {}, {7, "key"});
  const auto small = large->deflated({});
  EXPECT_LT(small->size(), large->size());
  EXPECT_EQ(small->labelled().key, "key");
  EXPECT_EQ(hub::frame::make(long_text)->labelled().key, "");
}

TEST(slow_rules, what_is_too_old_is_left_out_before_it_is_sent) {
  queue at{with({.policy = overflow::drop_newest, .age = 1s})};
  EXPECT_TRUE(at.put("a", ruled, 0) && at.put("x", other, 0) && at.put("b", ruled, 500));
  EXPECT_EQ(at.rules.expire(at.box, 1000), 0U);
  EXPECT_EQ(at.rules.expire(at.box, 1001), 1U);
  EXPECT_EQ(texts(at.box), "x b ");
  EXPECT_EQ(at.rules.expire(at.box, 2000), 1U);
  EXPECT_EQ(texts(at.box), "x ");
  EXPECT_EQ(at.rules.expire(at.box, 100'000), 0U);
}

TEST(slow_rules, what_is_too_old_makes_room) {
  queue at{with({.policy = overflow::drop_newest, .age = 1s})};
  for (const auto* text : {"a", "b", "c", "d"}) EXPECT_TRUE(at.put(text, ruled, 0));
  EXPECT_TRUE(at.put("e", ruled, 1001));
  EXPECT_EQ(at.last.expired, 4U);
  EXPECT_EQ(texts(at.box), "e ");
}

TEST(slow_rules, answers_find_room_where_events_do_not) {
  queue at{with({.policy = overflow::drop_newest})};
  for (const auto* text : {"a", "b", "c", "d"}) EXPECT_TRUE(at.put(text));
  EXPECT_FALSE(at.put("e"));
  EXPECT_TRUE(at.put("answer", answer));
  EXPECT_FALSE(at.put("answer", answer));
  EXPECT_EQ(at.last.cut, too_much::messages);
}

TEST(slow_rules, a_queue_that_was_emptied_holds_nothing) {
  const auto before = ledger::snapshot().bytes();
  queue at{with({.policy = overflow::drop_oldest, .bytes = 100'000, .messages = 1000})};
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(at.put("a"));
  EXPECT_EQ(at.box.take_out(1000, [](const hub::frame&, stamp) { return outbox::pick::take_out; }), 1000U);
  EXPECT_TRUE(at.box.empty());
  EXPECT_EQ(at.box.bytes(), 0U);
  EXPECT_EQ(ledger::snapshot().bytes(), before);
}

}  // namespace
}  // namespace encke::net
