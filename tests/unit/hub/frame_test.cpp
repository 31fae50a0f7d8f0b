// SPDX-License-Identifier: MIT
// A frame and its compressed twin.
#include "hub/frame.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "support/ledger_check.hpp"
#include "websocket/reader.hpp"

namespace encke::hub {
namespace {

const websocket::deflate_settings settings;

std::vector<std::string> messages_in(std::string_view wire) {
  std::string bytes{wire};
  websocket::reader from{{}, websocket::role::client, websocket::compression::deflate};
  from.feed(bytes);
  std::vector<std::string> all;
  for (;;) {
    const auto next = from.next();
    EXPECT_TRUE(next);
    if (!next || !*next) return all;
    all.push_back(((*next)->kind == websocket::opcode::binary ? "b" : "") + std::string{(*next)->payload});
  }
}

TEST(frame, has_one_twin_for_all) {
  const test::ledger_check nothing_left{"a frame and its twin"};
  const auto text = "42[\"" + std::string(4096, 'x') + "\"]";
  const auto one = frame::make(text);
  const auto twin = one->deflated(settings);
  EXPECT_LT(twin->size(), 100U);
  EXPECT_EQ(one->deflated(settings), twin);
  EXPECT_EQ(twin->deflated(settings), twin);
  EXPECT_EQ(messages_in(twin->websocket_bytes()), std::vector{text});
}

// Of words that come again after more than 512 and less than 4096 bytes.
std::string far_apart() {
  std::string words, text = "42[\"";
  for (std::uint32_t i = 1; words.size() < 3000; i = i * 1664525 + 1013904223) words += std::to_string(i);
  while (text.size() < 20'000) text += words;
  return text + "\"]";
}

TEST(frame, has_one_twin_for_each_window) {
  const test::ledger_check nothing_left{"a frame and its twins"};
  const auto text = far_apart();
  const auto one = frame::make(text);
  std::vector<frame_ptr> twins;
  for (const int bits : {12, 9, 15, 10}) {
    twins.push_back(one->deflated(settings, bits));
    EXPECT_EQ(one->deflated(settings, bits), twins.back());
    EXPECT_EQ(twins.back()->deflated(settings, 11), twins.back());
    EXPECT_EQ(messages_in(twins.back()->websocket_bytes()), std::vector{text});
  }
  EXPECT_LT(twins[0]->size() * 2, twins[1]->size());
  EXPECT_NE(twins[0], twins[2]);
}

TEST(frame, no_longer_than_a_window_has_the_twin_of_the_largest) {
  const auto one = frame::make(far_apart().substr(0, 4000));
  EXPECT_EQ(one->deflated(settings, 12), one->deflated(settings, 15));
  EXPECT_NE(one->deflated(settings, 11), one->deflated(settings, 15));
}

TEST(frame, remembers_for_each_window_that_it_is_of_no_use) {
  const test::ledger_check nothing_left{"a frame without twins"};
  std::string noise;
  for (std::uint32_t i = 1; noise.size() < 3000; i = i * 1664525 + 1013904223) noise += static_cast<char>(i >> 24);
  const auto one = frame::make_binary(noise + noise);
  EXPECT_EQ(one->deflated(settings, 9), one);
  const auto twin = one->deflated(settings, 15);
  EXPECT_NE(twin, one);
  EXPECT_EQ(one->deflated(settings, 9), one);
  EXPECT_EQ(one->deflated(settings, 15), twin);
}

TEST(frame, is_its_own_twin_when_short_or_without_use) {
  const auto text = frame::make("42[\"" + std::string(900, 'x') + "\"]");
  EXPECT_EQ(text->deflated(settings), text);
  std::string noise;
  for (std::uint32_t i = 1; noise.size() < 2000; i = i * 1664525 + 1013904223) noise += static_cast<char>(i >> 24);
  const auto binary = frame::make_binary(noise);
  EXPECT_EQ(binary->deflated(settings), binary);
  EXPECT_EQ(binary->deflated(settings), binary);
  const auto permanent = frame::make_permanent("2");
  EXPECT_EQ(permanent->deflated({.threshold = 0}), permanent);
}

TEST(frame, is_its_own_twin_when_told) {
  const std::string text = "42[\"" + std::string(4096, 'x') + "\"]";
  const std::string_view piece = text;
  const auto one = frame::make(std::span{&piece, 1}, std::vector{std::string(5000, 'a')}, {}, false);
  EXPECT_EQ(one->deflated(settings), one);
  const auto old = one->recoded(engineio::revision::v3, true);
  EXPECT_EQ(old->deflated(settings), old);
}

TEST(frame, compresses_only_the_messages_that_are_long_enough) {
  const auto one = frame::make("451-[\"x\"]", std::vector{std::string(5000, 'a'), std::string(10, 'b')});
  const auto twin = one->deflated(settings);
  ASSERT_NE(twin, one);
  EXPECT_EQ(messages_in(twin->websocket_bytes()),
            (std::vector<std::string>{"451-[\"x\"]", "b" + std::string(5000, 'a'), "b" + std::string(10, 'b')}));
  const auto old = one->recoded(engineio::revision::v3, true);
  EXPECT_EQ(messages_in(old->deflated(settings)->websocket_bytes()), messages_in(old->websocket_bytes()));
}

TEST(frame, is_recoded_once_for_all_of_a_kind) {
  const test::ledger_check nothing_left{"a frame and its twins in other forms"};
  using engineio::revision;
  const auto one = frame::make("451-[\"x\"]", std::vector{std::string(5000, 'a')});
  const auto v3 = one->recoded(revision::v3, false), v3_text = one->recoded(revision::v3, true),
             v4_text = one->recoded(revision::v4, true);
  EXPECT_EQ(one->recoded(revision::v3, false), v3);
  EXPECT_EQ(one->recoded(revision::v3, true), v3_text);
  EXPECT_EQ(one->recoded(revision::v4, true), v4_text);
  EXPECT_NE(v3_text->websocket_bytes(), v4_text->websocket_bytes());
  const auto small = one->recoded(revision::v4, true, &settings, 12);
  EXPECT_LT(small->size() * 10, v4_text->size());
  EXPECT_EQ(messages_in(small->websocket_bytes()), messages_in(v4_text->websocket_bytes()));
  EXPECT_EQ(one->recoded(revision::v4, true, &settings, 12), small);
  EXPECT_NE(one->recoded(revision::v3, true, &settings, 12), small);
  EXPECT_EQ(small->deflated(settings), small);
  EXPECT_EQ(messages_in(one->deflated(settings)->websocket_bytes()),
            (std::vector<std::string>{"451-[\"x\"]", "b" + std::string(5000, 'a')}));
}

TEST(frame, gives_the_same_twin_to_every_thread) {
  const test::ledger_check nothing_left{"a frame shared by threads"};
  for (int round = 0; round < 50; ++round) {
    const auto one = frame::make(std::string(20'000, 'x'), std::vector<std::string>{"y"});
    std::vector<frame_ptr> twins[2];
    const auto ask = [&](std::size_t who) {
      for (const int bits : {9, 12, 15}) twins[who].push_back(one->deflated(settings, bits));
      for (const bool base64 : {false, true}) twins[who].push_back(one->recoded(engineio::revision::v3, base64));
    };
    std::thread other{[&] { ask(0); }};
    ask(1);
    other.join();
    EXPECT_EQ(twins[0], twins[1]);
  }
}

}  // namespace
}  // namespace encke::hub
