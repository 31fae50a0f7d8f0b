// SPDX-License-Identifier: MIT
// The hash of encke/hash.hpp, and the secret of this process behind it.
#include <base/random.hpp>
#include <base/siphash.hpp>
#include <bit>
#include <encke/hash.hpp>

namespace encke {

namespace {

siphash_key drawn_key() {
  std::array<char, sizeof(siphash_key)> bytes;
  random::fill(bytes);
  return std::bit_cast<siphash_key>(bytes);
}

}  // namespace

std::size_t keyed_hash::operator()(std::string_view text) const {
  static const siphash_key secret = drawn_key();
  return siphash(secret, text);
}

}  // namespace encke
