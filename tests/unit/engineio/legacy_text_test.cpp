// SPDX-License-Identifier: MIT
#include "engineio/legacy_text.hpp"

#include <gtest/gtest.h>

namespace encke::engineio {
namespace {

// What a client of 1.x makes of a text.
std::string twice(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
      continue;
    }
    out += static_cast<char>(0xC0 | byte >> 6);
    out += static_cast<char>(0x80 | (byte & 0x3F));
  }
  return out;
}

TEST(legacy_text, undoes_the_second_encoding) {
  for (const std::string text : {"é", "42[\"echo\",\"€ and 😀\"]", "日本語", "\u00ff"})
    EXPECT_EQ(undo_double_encoding(twice(text)), text) << text;
}

TEST(legacy_text, leaves_text_that_was_encoded_once) {
  for (const std::string text : {"", "plain", "é", "ÀÁÂ", "€", "日本語", "😀", "Ünïcödé"})
    EXPECT_EQ(undo_double_encoding(text), std::nullopt) << text;
}

TEST(legacy_text, leaves_a_mixture) {
  EXPECT_EQ(undo_double_encoding(twice("é") + "€"), std::nullopt);
}

}  // namespace
}  // namespace encke::engineio
