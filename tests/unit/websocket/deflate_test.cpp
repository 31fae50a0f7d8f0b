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

// The answer's value; "" where there is no compression, and what is wrong with the offer.
std::string answer_to(std::string_view offers, int window_bits = 15) {
  const auto agreed = agree_on_deflate(offers, {.window_bits = window_bits});
  if (!agreed) return std::string{to_string(agreed.error())};
  return *agreed ? (*agreed)->answer : "";
}

TEST(deflate, is_agreed_on_without_context_takeover) {
  for (const auto* offer :
       {"permessage-deflate", "permessage-deflate; client_max_window_bits",
        "permessage-deflate; client_max_window_bits=10", "permessage-deflate; client_max_window_bits=\"10\"",
        "permessage-deflate;server_no_context_takeover;client_no_context_takeover",
        "x-webkit-deflate-frame, permessage-deflate", "other; a=1; b=\"c\", permessage-deflate",
        ", permessage-deflate ,", "permessage-deflate ; client_max_window_bits = 10"})
    EXPECT_EQ(answer_to(offer), plain_answer) << offer;
}

TEST(deflate, takes_every_window_that_can_be_made) {
  for (const int bits : {9, 10, 11, 12, 13, 14, 15}) {
    const auto agreed = agree_on_deflate("permessage-deflate; server_max_window_bits=" + std::to_string(bits), {});
    ASSERT_TRUE(agreed && *agreed);
    EXPECT_EQ((*agreed)->window_bits, bits);
    EXPECT_EQ((*agreed)->answer, std::string{plain_answer} + "; server_max_window_bits=" + std::to_string(bits));
  }
  EXPECT_EQ((*agree_on_deflate("permessage-deflate", {.window_bits = 12}))->window_bits, 12);
}

TEST(deflate, names_no_larger_window_than_ours) {
  EXPECT_EQ(answer_to("permessage-deflate; server_max_window_bits=12", 10),
            std::string{plain_answer} + "; server_max_window_bits=10");
}

TEST(deflate, is_declined_when_nothing_acceptable_is_offered) {
  for (const auto* offer : {"", ",", "deflate", "Permessage-Deflate", "permessage-deflate; server_max_window_bits=8"})
    EXPECT_EQ(answer_to(offer), "") << offer;
}

TEST(deflate, refuses_what_the_rfcs_forbid) {
  for (const auto* offer :
       {"permessage-deflate; server_max_window_bits", "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; server_max_window_bits=015", "permessage-deflate; client_max_window_bits=7",
        "permessage-deflate; client_max_window_bits=", "permessage-deflate; client_no_context_takeover=1",
        "permessage-deflate; unknown", "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
        "permessage-deflate; server_max_window_bits=15; server_max_window_bits=15", "permessage-deflate=1",
        "permessage-deflate;", "permessage-deflate; ;", "permessage-deflate; server_max_window_bits=\"10",
        "permessage-deflate; server_max_window_bits=\"1 0\"", "permessage-deflate, permessage-deflate; unknown",
        "permessage-deflate x", "other; a=\"\"", "o(ther", "\"permessage-deflate\""})
    EXPECT_EQ(answer_to(offer), to_string(handshake_error::bad_extensions)) << offer;
}

TEST(deflate, takes_the_next_offer_when_one_is_not_acceptable) {
  EXPECT_EQ(answer_to("permessage-deflate; server_max_window_bits=8, permessage-deflate"), plain_answer);
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
