// SPDX-License-Identifier: MIT
// Frame headers, masking and close payloads, beyond what the vectors show.
#include "websocket/frame.hpp"

#include <gtest/gtest.h>

#include "websocket/close_code.hpp"

namespace encke::websocket {
namespace {

TEST(frame, header_size_follows_the_three_forms) {
  EXPECT_EQ(header_size(0), 2U);
  EXPECT_EQ(header_size(125), 2U);
  EXPECT_EQ(header_size(126), 4U);
  EXPECT_EQ(header_size(65535), 4U);
  EXPECT_EQ(header_size(65536), 10U);
  EXPECT_EQ(header_size(65536, true), max_header_size);
  EXPECT_EQ(header_size(0, true), 6U);
}

TEST(frame, header_written_is_as_long_as_announced) {
  for (std::size_t payload : {0UL, 125UL, 126UL, 65535UL, 65536UL, 0x123456789aUL}) {
    std::array<char, max_header_size> out{};
    EXPECT_EQ(write_header(out.data(), opcode::binary, payload), header_size(payload));
  }
}

TEST(frame, long_length_is_written_highest_byte_first) {
  std::array<char, max_header_size> out{};
  write_header(out.data(), opcode::binary, 0x0102030405060708);
  EXPECT_EQ((std::string{out.data(), 10}), std::string("\x82\x7f\x01\x02\x03\x04\x05\x06\x07\x08", 10));
}

TEST(frame, fragment_has_no_fin) {
  std::string out;
  append_frame(out, opcode::text, "a", false);
  append_masked_frame(out, opcode::continuation, "b", 0, false);
  EXPECT_EQ(out, std::string("\x01\x01"
                             "a\x00\x81\x00\x00\x00\x00"
                             "b",
                             10));
}

TEST(frame, appending_keeps_what_is_there) {
  std::string out = "x";
  append_masked_frame(out, opcode::text, "Hello", 0x37fa213d);
  EXPECT_EQ(out, "x\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
}

TEST(mask, equals_the_definition_at_any_length_alignment_and_offset) {
  const std::array<char, 4> key{'\x12', '\x9a', '\x00', '\xff'};
  for (std::size_t size = 0; size < 300; ++size) {
    for (std::size_t start = 0; start < 9; ++start) {
      const auto offset = start * 5 + size;
      std::string data(start + size + 3, '\0'), wanted;
      for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<char>(i * 7 + 1);
      wanted = data;
      for (std::size_t i = 0; i < size; ++i)
        wanted[start + i] = static_cast<char>(wanted[start + i] ^ key[(offset + i) % 4]);
      apply_mask(std::span{data}.subspan(start, size), key, offset);
      ASSERT_EQ(data, wanted) << "size " << size << " start " << start;
    }
  }
}

TEST(mask, twice_is_the_original) {
  std::string data = "The quick brown fox jumps over the lazy dog, and then once more over the other lazy dog.";
  const auto original = data;
  apply_mask(data, {'a', 'b', 'c', 'd'}, 3);
  EXPECT_NE(data, original);
  apply_mask(data, {'a', 'b', 'c', 'd'}, 3);
  EXPECT_EQ(data, original);
}

TEST(close_code, codes_that_may_be_sent) {
  int count = 0;
  for (unsigned code = 0; code <= 65535; ++code) count += may_be_sent(static_cast<close_code>(code)) ? 1 : 0;
  EXPECT_EQ(count, 4 + 8 + 2000);  // 1000-1003, 1007-1014, 3000-4999
  EXPECT_FALSE(may_be_sent(close_code::no_status));
  EXPECT_FALSE(may_be_sent(close_code::abnormal));
}

TEST(close_code, payload_and_back) {
  EXPECT_EQ(close_payload(close_code::message_too_big), "\x03\xf1");
  EXPECT_EQ(close_payload(close_code::no_status), "");
  EXPECT_EQ(code_in("\x03\xf1reason"), close_code::message_too_big);
  EXPECT_EQ(code_in(""), close_code::no_status);
}

}  // namespace
}  // namespace encke::websocket
