// SPDX-License-Identifier: MIT
// Ways out of TLS: handshakes that are refused, never finished, or no handshakes at all.
#include "exits/exit_support.hpp"

namespace encke::test {
namespace {

class tls_exit : public testing::Test {
 protected:
  static options quick() {
    auto o = exit_options();
    o.head_timeout = 200ms;
    return o;
  }
  exit_fixture at{quick()};
};

TEST_F(tls_exit, plain_http) {
  at.serve(true);
  scripted_peer peer{at.port()};
  peer.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(peer.is_closed_by_server());
  EXPECT_EQ(at.server.count(counter::tls_refused), 1U);
}
TEST_F(tls_exit, garbage) {
  at.serve(true);
  for (const std::string& bytes :
       {std::string{"\x16\x03\x01\x00\x05xxxxx", 10}, std::string{"\x16\x03\x01\xff\xff"} + std::string(70'000, 'x'),
        std::string(1000, '\0')}) {
    scripted_peer peer{at.port()};
    peer.send(bytes);
    EXPECT_TRUE(peer.is_closed_by_server());
  }
  EXPECT_EQ(at.server.count(counter::tls_refused), 3U);
}
TEST_F(tls_exit, no_common_version) {
  at.serve(true);
  scripted_peer peer{at.port()};
  EXPECT_FALSE(peer.start_tls({.version = TLS1_1_VERSION}));
  EXPECT_TRUE(at.server.reaches(counter::tls_refused, 1));
}
TEST_F(tls_exit, client_gone_before_its_first_byte) {
  at.serve(true);
  scripted_peer{at.port()}.close();
  scripted_peer{at.port()}.reset();
  EXPECT_TRUE(at.server.reaches(counter::connections_closed, 2));
}
TEST_F(tls_exit, client_gone_in_its_first_record) {
  at.serve(true);
  for (const bool reset : {false, true}) {
    scripted_peer peer{at.port()};
    peer.send(std::string_view{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11});
    reset ? peer.reset() : peer.close();
  }
  EXPECT_TRUE(at.server.reaches(counter::connections_closed, 2));
}
TEST_F(tls_exit, handshake_that_never_begins) {
  at.serve(true);
  scripted_peer peer{at.port()};
  EXPECT_TRUE(peer.is_closed_by_server());
  EXPECT_EQ(at.server.count(counter::tls_refused), 1U);
}
TEST_F(tls_exit, handshake_that_never_ends) {
  at.serve(true);
  scripted_peer peer{at.port()};
  peer.send(std::string_view{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11});
  EXPECT_TRUE(peer.is_closed_by_server());
  EXPECT_EQ(at.server.count(counter::tls_refused), 1U);
}
TEST_F(tls_exit, request_that_never_comes) {
  at.serve(true);
  scripted_peer peer{at.port()};
  EXPECT_TRUE(peer.start_tls());
  EXPECT_TRUE(peer.is_closed_by_server());
  EXPECT_EQ(at.server.count(counter::tls_refused), 0U);
}
TEST_F(tls_exit, broken_record_in_an_established_connection) {
  at.serve(true);
  scripted_peer peer{at.port()}, broken{at.port()};
  EXPECT_TRUE(peer.start_tls());
  EXPECT_EQ(peer.request("GET", "/nowhere").status, 404U);
  peer.send_around_tls(std::string_view{"\x17\x03\x03\x00\x20", 5});
  peer.send_around_tls(std::string(32, 'x'));
  EXPECT_TRUE(peer.is_closed_by_server());
  EXPECT_TRUE(at.server.reaches(counter::connections_closed, 1));
}
TEST_F(tls_exit, closed_with_and_without_close_notify) {
  at.serve(true);
  for (const bool notify : {false, true}) {
    scripted_peer peer{at.port()};
    EXPECT_TRUE(peer.start_tls({.version = notify ? TLS1_2_VERSION : TLS1_3_VERSION}));
    EXPECT_EQ(peer.request("GET", "/nowhere").status, 404U);
    if (notify) peer.half_close();
  }
  EXPECT_TRUE(at.server.reaches(counter::connections_closed, 2));
}
TEST_F(tls_exit, answer_longer_than_the_kernel_takes_and_the_client_gone) {
  at.server.io().route("GET", "/large",
                       [](const http_request&) { return http_response{.body = std::string(20'000'000, 'x')}; });
  at.serve(true);
  scripted_peer peer{at.port(), 4096};
  EXPECT_TRUE(peer.start_tls());
  peer.send_request("GET", "/large");
  EXPECT_FALSE(peer.read_some().empty());
  peer.reset();
  EXPECT_TRUE(at.server.reaches(counter::connections_closed, 1));
}

}  // namespace
}  // namespace encke::test
