// SPDX-License-Identifier: MIT
#include <net/outbox.hpp>

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

namespace encke::net {
namespace {

std::string gathered(outbox& box, std::size_t most = 64, wire_form form = {}) {
  std::array<iovec, 64> pieces;
  std::string all;
  const auto count = box.gather(pieces.data(), most, form);
  for (std::size_t i = 0; i < count; ++i) all.append(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
  return all;
}

std::string texts(const outbox& box) {
  std::string all;
  box.for_each([&](const hub::frame& one) { all.append(one.text()) += ' '; });
  return all;
}

TEST(outbox, holds_no_memory_when_empty) {
  const auto before = ledger::snapshot().bytes();
  outbox box;
  for (int i = 0; i < 100; ++i) box.push(hub::frame::make("4hello"), 0);
  EXPECT_GT(ledger::snapshot().bytes(), before);
  box.consume(100 * 8);
  EXPECT_TRUE(box.empty());
  EXPECT_EQ(ledger::snapshot().bytes(), before);
}

TEST(outbox, gives_frames_in_order_from_any_place) {
  outbox box;
  std::string all;
  for (int i = 0; i < 20; ++i) {
    const auto frame = hub::frame::make("4message " + std::to_string(i));
    box.push(frame, 0);
    all += frame->websocket_bytes();
  }
  std::minstd_rand random{1};
  std::string sent;
  while (!box.empty()) {
    const auto next = gathered(box);
    const auto size = std::min<std::size_t>(1 + random() % 30, next.size());
    sent += next.substr(0, size);
    box.consume(size);
  }
  EXPECT_EQ(sent, all);
  EXPECT_EQ(box.bytes(), 0U);
}

void push_text(outbox& box, std::string_view type, std::string_view rest) {
  const std::array pieces{type, rest};
  box.push_text(pieces, 0);
}

TEST(outbox, writes_packets_of_one_client_behind_each_other) {
  const auto before = ledger::snapshot().bytes();
  outbox box;
  std::string all;
  const auto expect = [&](std::string_view text) { all += hub::frame::make(text)->websocket_bytes(); };
  for (int turn = 0; turn < 3; ++turn) {
    for (int i = 0; i < 40; ++i) {
      const auto number = std::to_string(i) + std::string(i == 20 ? 3000U : 0U, 'x');
      push_text(box, "4", number);
      expect("4" + number);
      if (i % 15 != 14) continue;
      box.push(hub::frame::make("4for all"), 0);
      expect("4for all");
    }
    EXPECT_EQ(box.size(), 42U);
    EXPECT_EQ(box.bytes(), all.size());
    EXPECT_EQ(gathered(box), all);
    EXPECT_EQ(box.size(), 42U) << "a run counts its packets";
    box.consume(std::exchange(all, {}).size());
    EXPECT_TRUE(box.empty());
    EXPECT_EQ(ledger::snapshot().bytes(), before);
  }
}

TEST(outbox, sends_a_run_bit_by_bit) {
  outbox box;
  std::string all, sent;
  for (int i = 0; i < 5000; ++i) {  // more than one run
    const auto text = "4" + std::to_string(i);
    push_text(box, text.substr(0, 1), text.substr(1));
    all += hub::frame::make(text)->websocket_bytes();
  }
  EXPECT_EQ(box.size(), 5000U);
  while (!box.empty()) {
    const auto next = gathered(box);
    const auto size = std::min<std::size_t>(999, next.size());
    sent += next.substr(0, size);
    box.consume(size);
    EXPECT_EQ(box.empty(), box.size() == 0);
  }
  EXPECT_EQ(sent, all);
  EXPECT_EQ(box.bytes(), 0U);
}

TEST(outbox, gathers_no_more_pieces_than_asked_for) {
  outbox box;
  for (int i = 0; i < 5; ++i) box.push(hub::frame::make("4x"), 0);
  EXPECT_EQ(gathered(box, 2),
            "\x81\x02"
            "4x\x81\x02"
            "4x");
}

TEST(outbox, puts_a_frame_before_all_that_have_not_begun) {
  outbox box;
  box.push(hub::frame::make("4a"), 0);
  box.push(hub::frame::make("4b"), 0);
  box.push_first(hub::frame::make("4c"), 0);
  EXPECT_EQ(texts(box), "4c 4a 4b ");
  box.consume(1);
  box.push_first(hub::frame::make("4d"), 0);
  EXPECT_EQ(texts(box), "4c 4d 4a 4b ");
}

TEST(outbox, counts_bytes_and_frames) {
  outbox box;
  box.push(hub::frame::make("4abc"), 0);
  box.push(hub::frame::make(std::string(200, '4')), 0);
  EXPECT_EQ(box.size(), 2U);
  EXPECT_EQ(box.bytes(), 6U + 204U);
  box.consume(6);
  EXPECT_EQ(box.size(), 1U);
  EXPECT_EQ(box.bytes(), 204U);
  box.clear();
  EXPECT_TRUE(box.empty());
  EXPECT_EQ(box.bytes(), 0U);
}

TEST(outbox, recodes_attachments_for_old_and_for_text_clients) {
  const std::vector<std::string> attachments{"\x01\x02"};
  const auto frame = hub::frame::make("451-[]", attachments);
  using engineio::revision;
  const auto form = [&](revision rev, bool base64) {
    outbox box;
    box.push(frame, 0);
    const auto bytes = gathered(box, 64, {rev, base64});
    EXPECT_EQ(box.bytes(), bytes.size());
    box.consume(bytes.size());
    EXPECT_TRUE(box.empty());
    return bytes.substr(8);
  };
  EXPECT_EQ(form(revision::v4, false), "\x82\x02\x01\x02");
  EXPECT_EQ(form(revision::v4, true),
            "\x81\x05"
            "bAQI=");
  EXPECT_EQ(form(revision::v3, false), "\x82\x03\x04\x01\x02");
  EXPECT_EQ(form(revision::v3, true),
            "\x81\x06"
            "b4AQI=");
}

TEST(outbox, keeps_only_the_rest_of_what_has_begun) {
  outbox box;
  box.push(hub::frame::make("4abc"), 0);
  box.push(hub::frame::make("4def"), 0);
  EXPECT_TRUE(box.begun().empty());
  box.consume(3);
  auto rest = box.begun();
  EXPECT_EQ(gathered(rest), "abc");
}

// The stamps of all that have not begun to be sent.
std::vector<stamp> stamps(outbox& box) {
  std::vector<stamp> all;
  (void)box.take_out(100, [&](const hub::frame&, stamp since) {
    all.push_back(since);
    return outbox::pick::keep;
  });
  return all;
}

TEST(outbox, takes_what_goes_first_for_as_old_as_whom_it_overtakes) {
  const auto pong = hub::frame::make("3");
  const std::array<std::string_view, 1> text{"4text"};
  outbox box;
  box.push_first(pong, 1);
  EXPECT_EQ(stamps(box), (std::vector<stamp>{1}));
  box.push(hub::frame::make("4a"), 2);
  box.push_first(pong, 9);
  EXPECT_EQ(stamps(box), (std::vector<stamp>{1, 1, 2}));
  box.consume(1);  // the first has begun to be sent
  box.push_first(pong, 9);
  EXPECT_EQ(stamps(box), (std::vector<stamp>{1, 1, 2}));
  EXPECT_EQ(box.oldest(), 1U);

  outbox run;
  run.push(hub::frame::make("4a"), 1);
  run.push_text(text, 2);
  run.consume(1);
  run.push_first(pong, 9);
  EXPECT_EQ(stamps(run), (std::vector<stamp>{2}));
  outbox begun;
  begun.push(hub::frame::make("4a"), 1);
  begun.consume(1);
  begun.push_first(pong, 9);
  EXPECT_EQ(stamps(begun), (std::vector<stamp>{9}));
}

}  // namespace
}  // namespace encke::net
