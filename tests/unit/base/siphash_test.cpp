// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <base/siphash.hpp>
#include <encke/hash.hpp>
#include <set>
#include <string>

#include "support/prepared_names.hpp"

namespace encke::test {
namespace {

std::string counting(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += static_cast<char>(i);
  return text;
}

TEST(siphash, gives_the_example_of_its_paper) {
  constexpr siphash_key key{0x0706050403020100, 0x0f0e0d0c0b0a0908};
  EXPECT_EQ((siphash<2, 4>(key, counting(15))), 0xa129ca6149be45e5U);
}

TEST(siphash, agrees_with_another_implementation_at_every_size) {
  // CPython 3.11, whose hash of bytes is SipHash-1-3, with PYTHONHASHSEED=0: a key of zeros.
  constexpr std::array<std::uint64_t, 19> theirs{
      0x68a914128e01e473, 0x010bac45c41e3669, 0x4d4c9a4a8ef6e0ad, 0x7cc43f98813e4dbd, 0x5abe2169dff36275,
      0xe3c25f87624f1cdb, 0x2f098ab0c751325a, 0xead411e67ebe2eea, 0x75927f9d95124362, 0xaf9f77a65ab51a1d,
      0xfe64ce8b6617fcff, 0xa6baf4fb0f9fe1c2, 0xa0cf3211850f8e0d, 0x7f86049379fbfe67, 0xf30eb725bb91c9ea,
      0x8972188433a5c5b7, 0x4883c49a2c009c1d, 0xadc2c0b63044067d, 0x091f4a3329f87d19};
  for (std::size_t i = 0; i < theirs.size(); ++i) EXPECT_EQ(siphash({0, 0}, counting(i + 1)), theirs[i]) << i + 1;
}

// How many of the names fall into the fullest of 1024 places.
std::size_t fullest(const std::vector<std::string>& names, const siphash_key& key) {
  std::array<std::size_t, 1024> places{};
  for (const auto& one : names) ++places[siphash(key, one) % places.size()];
  return *std::ranges::max_element(places);
}

TEST(siphash, spreads_names_that_were_prepared_for_another_key) {
  constexpr siphash_key known{1, 2}, secret{0x9e3779b97f4a7c15, 0xd1b54a32d192ed03};
  std::vector<std::string> names;
  for (int i = 0; names.size() < 1000; ++i) {  // all in one place under the known key
    auto name = "room-" + std::to_string(i);
    if (siphash(known, name) % 1024 == 7) names.push_back(std::move(name));
  }
  EXPECT_EQ(fullest(names, known), 1000U);
  EXPECT_LT(fullest(names, secret), 10U);
}

TEST(keyed_hash, knows_nothing_of_names_that_were_prepared_for_the_hash_of_the_standard_library) {
  const auto names = prepared_names(10'000);
  std::set<std::size_t> theirs, ours;
  for (const auto& one : names) {
    theirs.insert(std::hash<std::string_view>{}(one));
    ours.insert(keyed_hash{}(one));
  }
  EXPECT_EQ(theirs.size(), 1U) << "the preparation is not worth much";
  EXPECT_EQ(ours.size(), names.size());
}

}  // namespace
}  // namespace encke::test
