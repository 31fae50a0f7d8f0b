// SPDX-License-Identifier: MIT
// Keys of the HTTP API and their hashes.
#include "gateway/settings/keys.hpp"

#include <gtest/gtest.h>

namespace encke::gateway {
namespace {

TEST(keys, hashes_with_sha256) {
  // FIPS 180-2, appendix B.1.
  EXPECT_EQ(hash_of_key("abc"), "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(format_key_hash(*parse_key_hash(hash_of_key("abc"))), hash_of_key("abc"));
}

TEST(keys, refuses_what_is_no_hash) {
  const std::string digits(64, 'a');
  EXPECT_TRUE(parse_key_hash("sha256:" + digits));
  for (const std::string& text :
       std::vector<std::string>{"", digits, "sha256:", "sha256:" + digits + "a", "sha256:" + digits.substr(1),
                                "SHA256:" + digits, "sha256:" + digits.substr(1) + "g", "sha512:" + digits})
    EXPECT_FALSE(parse_key_hash(text)) << text;
}

TEST(keys, makes_keys_that_differ) {
  const auto key = make_key();
  EXPECT_EQ(key.size(), 49u);
  EXPECT_TRUE(key.starts_with("encke_"));
  EXPECT_EQ(key.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
            std::string::npos);
  EXPECT_NE(key, make_key());
}

TEST(keys, finds_the_owner_of_a_key) {
  const std::vector<api_key> keys{{"a", *parse_key_hash(hash_of_key("first key"))},
                                  {"b", *parse_key_hash(hash_of_key("second key"))}};
  EXPECT_EQ(find_key(keys, "second key")->name, "b");
  EXPECT_EQ(find_key(keys, "third key"), nullptr);
  EXPECT_EQ(find_key(keys, ""), nullptr);
  EXPECT_EQ(find_key({}, "first key"), nullptr);
}

}  // namespace
}  // namespace encke::gateway
