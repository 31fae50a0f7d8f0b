// SPDX-License-Identifier: MIT
// Which coding is chosen, and that it can be undone.
#include "http/compression.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace encke::http {
namespace {

TEST(compression, takes_what_the_client_likes_best) {
  EXPECT_EQ(best_coding("gzip, deflate, br"), coding::gzip);
  EXPECT_EQ(best_coding("deflate, gzip"), coding::gzip);
  EXPECT_EQ(best_coding("gzip;q=0.5, deflate"), coding::deflate);
  EXPECT_EQ(best_coding("GZIP; Q=0.001"), coding::gzip);
  EXPECT_EQ(best_coding("deflate"), coding::deflate);
  EXPECT_EQ(best_coding("*"), coding::gzip);
  EXPECT_EQ(best_coding("*;q=0.1, gzip;q=0"), coding::deflate);
}

TEST(compression, leaves_alone_those_who_did_not_ask) {
  for (const auto* accepted : {"", "identity", "br", "gzip;q=0", "gzip;q=0.0, deflate;q=0", "*;q=0", "gzip;q=x",
                               "gzip;q=2", "gzip;q=1.001", ",;"})
    EXPECT_EQ(best_coding(accepted), coding::identity) << accepted;
}

std::string undone(std::string_view bytes) {
  z_stream stream{};
  constexpr int either_header = 15 + 32;
  EXPECT_EQ(::inflateInit2(&stream, either_header), Z_OK);
  std::string out(1 << 20, '\0');
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(::inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  ::inflateEnd(&stream);
  return out;
}

TEST(compression, can_be_undone) {
  for (const std::size_t size : {0U, 1U, 3000U, 300'000U, 3000U}) {
    std::string body;
    while (body.size() < size) body += std::to_string(body.size());
    for (const auto how : {coding::gzip, coding::deflate}) {
      const auto packed = compress(body, how, 6);
      EXPECT_EQ(undone(packed), body);
      EXPECT_EQ(packed.substr(0, 1), how == coding::gzip ? "\x1f" : "\x78");
    }
    EXPECT_EQ(compress(body, coding::identity, 6), body);
  }
}

}  // namespace
}  // namespace encke::http
