// SPDX-License-Identifier: MIT
#include <net/peer_address.hpp>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

namespace encke::net {
namespace {

std::string text_of_v6(const char* text) {
  sockaddr_storage from{};
  auto& as_v6 = reinterpret_cast<sockaddr_in6&>(from);
  as_v6.sin6_family = AF_INET6;
  ::inet_pton(AF_INET6, text, &as_v6.sin6_addr);
  return peer_address{from}.to_string();
}

TEST(peer_address, is_written_without_its_port) {
  sockaddr_storage from{};
  auto& as_v4 = reinterpret_cast<sockaddr_in&>(from);
  as_v4.sin_family = AF_INET;
  as_v4.sin_port = htons(1234);
  ::inet_pton(AF_INET, "192.0.2.7", &as_v4.sin_addr);
  EXPECT_EQ(peer_address{from}.to_string(), "192.0.2.7");
  EXPECT_EQ(text_of_v6("2001:db8::1"), "2001:db8::1");
}
TEST(peer_address, inside_of_v6_is_that_of_v4) {
  EXPECT_EQ(text_of_v6("::ffff:192.0.2.7"), "192.0.2.7");
}
TEST(peer_address, of_nobody_is_zero) {
  EXPECT_EQ(peer_address{}.to_string(), "0.0.0.0");
}

}  // namespace
}  // namespace encke::net
