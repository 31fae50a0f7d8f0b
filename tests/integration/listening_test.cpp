// SPDX-License-Identifier: MIT
// Where a server listens: one address, all addresses of a name, and what is thrown when there is none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/scripted_peer.hpp"
#include "support/server_fixture.hpp"

namespace encke::test {
namespace {

using testing::HasSubstr;

// What `listen` throws; "" if nothing.
std::string refusal(server& io, const endpoint& where) {
  try {
    io.listen(where);
  } catch (const std::system_error& e) {
    return e.what();
  }
  return {};
}

// Whether somebody listens at a loopback address. `family`: AF_INET or AF_INET6.
bool is_open(int family, std::uint16_t port) {
  const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  v6.sin6_addr = in6addr_loopback;
  const bool opened = family == AF_INET ? ::connect(fd, reinterpret_cast<sockaddr*>(&v4), sizeof v4) == 0
                                        : ::connect(fd, reinterpret_cast<sockaddr*>(&v6), sizeof v6) == 0;
  ::close(fd);
  return opened;
}

// Whether this machine has ::1.
bool has_ipv6() {
  const int fd = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in6 any{};
  any.sin6_family = AF_INET6;
  any.sin6_addr = in6addr_loopback;
  const bool has = fd >= 0 && ::bind(fd, reinterpret_cast<sockaddr*>(&any), sizeof any) == 0;
  if (fd >= 0) ::close(fd);
  return has;
}

TEST(listening, at_localhost_is_listening_at_both_its_addresses) {
  server_fixture at;
  at.io().route("GET", "/", [](const http_request&) { return http_response{.body = "here"}; });
  const auto port = at.io().listen({.address = "localhost"});
  at.start();
  scripted_peer one{port};
  EXPECT_EQ(one.request("GET", "/").body, "here");
  EXPECT_EQ(is_open(AF_INET6, port), has_ipv6());
}

TEST(listening, at_a_port_that_is_taken_names_it) {
  server_fixture at;
  const auto port = std::to_string(at.io().listen({.address = "127.0.0.1"}));
  const auto number = static_cast<std::uint16_t>(std::stoi(port));
  EXPECT_THAT(refusal(at.io(), {.address = "127.0.0.1", .port = number}),
              HasSubstr("cannot listen on 127.0.0.1:" + port + ": the port is in use"));
  EXPECT_THAT(refusal(at.io(), {.address = "localhost", .port = number}),
              HasSubstr("cannot listen on 127.0.0.1:" + port + " (localhost): the port is in use"));
}

TEST(listening, at_a_name_leaves_nothing_open_when_one_address_is_taken) {
  if (!has_ipv6()) GTEST_SKIP() << "no IPv6 here";
  server_fixture at;
  const auto port = at.io().listen({.address = "::1"});
  EXPECT_THAT(refusal(at.io(), {.address = "localhost", .port = port}), HasSubstr("[::1]:" + std::to_string(port)));
  EXPECT_FALSE(is_open(AF_INET, port));
}

TEST(listening, at_an_address_of_another_machine_says_so) {
  server_fixture at;
  EXPECT_THAT(refusal(at.io(), {.address = "192.0.2.1"}), HasSubstr("this machine has no such address"));
  EXPECT_THAT(refusal(at.io(), {.address = ""}), HasSubstr("it is no address"));
}

}  // namespace
}  // namespace encke::test
