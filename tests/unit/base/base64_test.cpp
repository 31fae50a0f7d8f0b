// SPDX-License-Identifier: MIT
// Base64 both ways: the vectors of RFC 4648 10, both alphabets, and everything that must be refused.
#include <encke/base64.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <utility>
#include <vector>

namespace encke::base64 {
namespace {

using namespace std::string_literals;

// Both ways to ask say the same.
std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  const bool is_good = decode(text, out);
  const auto alone = decode(text);
  EXPECT_EQ(alone.value_or("no"), is_good ? out : "no");
  return alone;
}

TEST(base64, encodes_and_decodes_the_vectors_of_the_rfc) {
  const std::vector<std::pair<std::string, std::string>> vectors{
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [plain, text] : vectors) {
    EXPECT_EQ(encode(plain), text);
    EXPECT_EQ(encoded_size(plain.size()), text.size());
    EXPECT_EQ(decoded(text), plain);
    const auto unpadded = text.substr(0, text.find('='));
    EXPECT_EQ(encode_url(plain), unpadded);
    EXPECT_EQ(decoded(unpadded), plain);
  }
}

TEST(base64, uses_the_alphabet_asked_for) {
  EXPECT_EQ(encode("\xFB\xFF\xFE"), "+//+");
  EXPECT_EQ(encode_url("\xFB\xFF\xFE"), "-__-");
  EXPECT_EQ(decoded("+//+"), "\xFB\xFF\xFE");
  EXPECT_EQ(decoded("-__-"), "\xFB\xFF\xFE");
}

TEST(base64, in_lines_is_read_as_browsers_do) {
  const auto in_lines = [](std::string_view text) {
    std::string out = "before ";
    const bool is_good = decode_in_lines(text, out);
    EXPECT_TRUE(is_good || out == "before ");
    return is_good ? out.substr(7) : "no";
  };
  for (const auto* text : {"Zm9vYmE=", "Zm9v\nYmE=\n", "Zm9v\r\nYmE=\r\n", " Z\tm\f9vYmE\n=", "Zm9vYmE\n", "Zm9vY\nmE"})
    EXPECT_EQ(in_lines(text), "fooba") << text;
  EXPECT_EQ(in_lines("\n"), "");
  for (const auto* text : {"Zm9v\nY", "Zm9v\n!", "Zm9vYmE\n==", "Zm=9\nvYmE", "Zm9v\vYmE="})
    EXPECT_EQ(in_lines(text), "no") << text;
  std::string large(100'000, 'x'), lines, out;
  const auto text = encode(large);
  for (std::size_t i = 0; i < text.size(); i += 76) lines += text.substr(i, 76) + "\r\n";
  EXPECT_TRUE(decode_in_lines(lines, out));
  EXPECT_EQ(out, large);
}

TEST(base64, appends) {
  std::string text = "4";
  append(text, "\x01\x02\x03\x04"s);
  EXPECT_EQ(text, "4AQIDBA==");
  std::string out = "kept ";
  EXPECT_TRUE(decode("aGVsbG8", out));
  EXPECT_EQ(out, "kept hello");
}

TEST(base64, refuses_what_is_not_base64_and_leaves_the_output_alone) {
  for (const auto& text : {"A"s,
                           "AAAAA"s,
                           "Zg="s,
                           "Zg==="s,
                           "="s,
                           "=="s,
                           "===="s,
                           "Z==="s,
                           "Zg==Zg=="s,
                           "Zm=v"s,
                           "=Zm8"s,
                           "Zm9v\n"s,
                           "Zm9 v"s,
                           "Zm9\0"s,
                           "Z\x80"
                           "9v"s,
                           "Zm9v="s,
                           "Zm9v=="s,
                           "Zm9v===="s,
                           "Zm8."s,
                           "\xFF\xFF\xFF\xFF"s}) {
    std::string out = "before";
    EXPECT_FALSE(decode(text, out)) << text;
    EXPECT_EQ(out, "before");
  }
}

TEST(base64, refuses_every_character_outside_the_alphabets_in_every_place) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_";
  for (std::size_t size : {2U, 3U, 4U, 6U, 7U}) {
    for (std::size_t place = 0; place < size; ++place) {
      for (int c = 0; c < 256; ++c) {
        std::string text(size, 'A');
        text[place] = static_cast<char>(c);
        const bool known = alphabet.find(static_cast<char>(c)) != std::string::npos;
        const bool padding = c == '=' && size == 4 && place == 3;
        EXPECT_EQ(decoded(text).has_value(), known || padding) << testing::PrintToString(text);
      }
    }
  }
}

TEST(base64, of_ids_has_one_spelling) {
  for (const auto* text : {"", "Zg", "Zm8", "Zm9v", "-__-", "AAAA", "AA"}) EXPECT_TRUE(is_canonical_url(text)) << text;
  for (const auto* text : {"Zh", "Zm9", "Z", "Zg==", "+//+", "Zm 9v", "AB", "AAB", "AAAAA"})
    EXPECT_FALSE(is_canonical_url(text)) << text;
}

TEST(base64, gives_back_random_bytes_of_every_length) {
  std::mt19937 random{1};
  for (std::size_t size = 0; size < 300; ++size) {
    std::string plain(size, '\0');
    for (char& c : plain) c = static_cast<char>(random());
    EXPECT_EQ(decoded(encode(plain)), plain);
    EXPECT_EQ(decoded(encode_url(plain)), plain);
    EXPECT_EQ(encode(plain).size(), encoded_size(size));
  }
}

}  // namespace
}  // namespace encke::base64
