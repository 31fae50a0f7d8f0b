// SPDX-License-Identifier: MIT
// What is agreed on, and that what is compressed comes out of the reader again. Reading is in the golden vectors.
#include "websocket/deflate.hpp"

#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "support/ledger_check.hpp"
#include "websocket/frame.hpp"
#include "websocket/reader.hpp"

namespace encke::websocket {
namespace {

constexpr std::string_view plain_answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

std::string answer_to(std::string_view offers, int window_bits = 15) {
  return agree_on_deflate(offers, {.window_bits = window_bits});
}

TEST(deflate, is_agreed_on_without_context_takeover) {
  for (const auto* offer :
       {"permessage-deflate", "permessage-deflate; client_max_window_bits",
        "permessage-deflate; client_max_window_bits=10", "permessage-deflate; client_max_window_bits=\"10\"",
        "permessage-deflate;server_no_context_takeover;client_no_context_takeover",
        "x-webkit-deflate-frame, permessage-deflate", "permessage-deflate; no_such=1, permessage-deflate"})
    EXPECT_EQ(answer_to(offer), plain_answer) << offer;
}

TEST(deflate, names_the_window_when_asked) {
  EXPECT_EQ(answer_to("permessage-deflate; server_max_window_bits=15"),
            std::string{plain_answer} + "; server_max_window_bits=15");
  EXPECT_EQ(answer_to("permessage-deflate; server_max_window_bits=12", 10),
            std::string{plain_answer} + "; server_max_window_bits=10");
}

TEST(deflate, is_declined_when_the_offer_is_not_acceptable) {
  for (const auto* offer :
       {"", ",", "deflate", "permessage-deflate; server_max_window_bits=14",
        "permessage-deflate; server_max_window_bits", "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; server_max_window_bits=015", "permessage-deflate; client_max_window_bits=7",
        "permessage-deflate; client_max_window_bits=", "permessage-deflate; client_no_context_takeover=1",
        "permessage-deflate; unknown", "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
        "permessage-deflate; server_max_window_bits=15; server_max_window_bits=15", "permessage-deflate=1"})
    EXPECT_EQ(answer_to(offer), "") << offer;
}

TEST(deflate, takes_the_next_offer_when_one_is_not_acceptable) {
  EXPECT_EQ(answer_to("permessage-deflate; server_max_window_bits=9, permessage-deflate"), plain_answer);
}

std::string read_back(std::string_view packed) {
  std::string wire;
  append_frame(wire, opcode::binary, packed);
  wire[0] = static_cast<char>(wire[0] | static_cast<int>(compressed_bit));
  reader from{{}, role::client, compression::deflate};
  from.feed(wire);
  const auto got = from.next();
  EXPECT_TRUE(got && *got);
  return got && *got ? std::string{(*got)->payload} : "";
}

TEST(deflate, comes_out_as_it_went_in_with_any_settings) {
  const test::ledger_check nothing_left{"compressed messages"};
  std::minstd_rand random{7};
  for (const int level : {1, 6, 9})
    for (const int bits : {9, 12, 15})
      for (const std::size_t size : {64U, 1000U, 16'384U, 100'000U, 700'000U}) {
        std::string text;
        while (text.size() < size) text += "word" + std::to_string(random() % 1000) + ' ';
        const auto packed = deflate(text, {.level = level, .memory_level = 8, .window_bits = bits});
        ASSERT_TRUE(packed);
        EXPECT_LT(packed->size(), text.size());
        EXPECT_EQ(read_back(*packed), text);
      }
}

TEST(deflate, gives_nothing_when_a_message_would_not_get_smaller) {
  std::minstd_rand random{7};
  for (const std::size_t size : {0U, 1U, 2U, 5000U}) {
    std::string noise;
    while (noise.size() < size) noise += static_cast<char>(random() >> 8);
    const auto packed = deflate(noise, {});
    EXPECT_LE(packed.value_or("").size(), noise.size());
  }
  std::string noise;
  while (noise.size() < 5000) noise += static_cast<char>(random() >> 8);
  EXPECT_FALSE(deflate(noise, {}));
}

TEST(deflate, has_a_compressor_for_each_thread) {
  const std::string text(4096, 'x');
  std::thread other{[&] { EXPECT_EQ(read_back(deflate(text, {}).value()), text); }};
  EXPECT_EQ(read_back(deflate(text, {}).value()), text);
  other.join();
}

}  // namespace
}  // namespace encke::websocket
