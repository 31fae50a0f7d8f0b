// SPDX-License-Identifier: MIT
// The engine with what does not behave: other protocols, garbage, damage at every byte, clients that go or that ask for
// too much. It answers with an error, and where TLS has one, an alert.
#include <gtest/gtest.h>

#include "tls/engine.hpp"
#include "unit/tls/engine_fixture.hpp"

namespace encke::tls {
namespace {

using namespace test;
using namespace std::string_literals;

using tls_refusal_test = engine_fixture;

TEST_P(tls_refusal_test, refuses_a_client_that_speaks_no_http_1_1) {
  auto with = version();
  with.alpn = "\x02h2";
  client c{with};
  engine server{shared_};
  talk(c, server);
  EXPECT_FALSE(server.is_established());
  EXPECT_TRUE(c.has_failed());
  EXPECT_EQ(c.reason(), SSL_AD_REASON_OFFSET + SSL_AD_NO_APPLICATION_PROTOCOL);
  EXPECT_EQ(server.feed("x").error(), error::handshake_failed);
}

TEST_P(tls_refusal_test, tells_plain_http_from_tls_by_the_first_byte) {
  for (const auto& text : {"G"s, "GET / HTTP/1.1\r\n\r\n"s, "\x80\x2E\x01"s, "\x00"s, "\x17\x03\x03\x00\x01x"s}) {
    engine server{shared_};
    EXPECT_EQ(server.feed(text).error(), error::not_tls);
    EXPECT_TRUE(server.output().empty());
    EXPECT_FALSE(server.is_established());
    EXPECT_STREQ(server.version(), "");
    EXPECT_EQ(server.feed("more").error(), error::not_tls);
  }
}

TEST_P(tls_refusal_test, refuses_garbage_in_place_of_a_handshake_with_an_alert) {
  for (const auto& text : {"\x16\x03\x01\x00\x04\x01\x00\x00\x00"s, "\x16\x03\x01\xFF\xFF"s,
                           "\x16\x03\x01\x00\x04\x02\x00\x00\x00"s, "\x16\x03\x01\x00\x05\x01\x00\x00\x01\xFF"s}) {
    engine server{shared_};
    EXPECT_EQ(server.feed(text).error(), error::handshake_failed);
    EXPECT_EQ(server.output().substr(0, 1), "\x15");
    EXPECT_FALSE(server.detail().empty());
  }
}

TEST_P(tls_refusal_test, survives_random_bytes_that_begin_like_tls) {
  for (int i = 0; i < 300; ++i) {
    engine server{shared_};
    auto bytes = "\x16\x03\x01"s + random_bytes(600);
    bytes[3] = static_cast<char>(i % 2);
    const auto done = server.feed(bytes);
    EXPECT_TRUE(done || done.error() != error::not_tls);
    EXPECT_FALSE(server.is_established());
  }
}

TEST_P(tls_refusal_test, survives_a_change_of_any_byte_of_the_handshake) {
  for (std::size_t place = 0;; ++place) {
    client c{version()};
    engine server{shared_};
    std::size_t seen = 0;
    c.step();
    for (int flight = 0; flight < 3; ++flight) {
      auto bytes = c.take_output();
      if (place >= seen && place < seen + bytes.size())
        bytes[place - seen] = static_cast<char>(bytes[place - seen] ^ 0x21);
      seen += bytes.size();
      (void)server.feed(bytes);
      c.feed(take_output(server));
    }
    ASSERT_EQ(ERR_peek_error(), 0U);
    if (place >= seen) break;
  }
}

TEST_P(tls_refusal_test, leaves_nothing_when_the_client_goes_after_any_byte_of_the_handshake) {
  const auto before = charged();
  for (std::size_t cut = 0;; ++cut) {
    std::size_t sent = 0;
    bool whole = true;
    {
      client c{version()};
      engine server{shared_};
      c.step();
      for (int flight = 0; flight < 3 && whole; ++flight) {
        const auto bytes = c.take_output();
        const auto part = bytes.substr(0, cut - sent);
        whole = part.size() == bytes.size();
        sent += part.size();
        ASSERT_TRUE(server.feed(part));
        c.feed(take_output(server));
      }
    }
    ASSERT_EQ(charged(), before);
    if (whole) break;
  }
}

TEST_P(tls_refusal_test, refuses_a_hello_that_announces_too_much_before_it_arrives) {
  for (const auto& text :
       {"\x16\x03\x01\x00\x04\x01\x00\x3F\xFD"s, "\x16\x03\x01\x00\x02\x01\x01\x16\x03\x01\x00\x02\x00\x00"s}) {
    engine server{shared_};
    EXPECT_EQ(server.feed(text).error(), error::hello_too_large);
  }
  engine server{shared_};
  EXPECT_TRUE(server.feed("\x16\x03\x01\x00\x04\x01\x00\x3F\xFC"s));
}

TEST_P(tls_refusal_test, a_record_that_does_not_decrypt_is_an_error_with_an_alert) {
  client c{version()};
  engine server{shared_};
  talk(c, server);
  c.send("precious");
  auto record = c.take_output();
  record.back() = static_cast<char>(record.back() ^ 1);
  ASSERT_TRUE(server.feed(record));
  char scratch[100];
  EXPECT_EQ(server.read(scratch).error(), error::bad_record);
  EXPECT_FALSE(server.output().empty());
  EXPECT_FALSE(server.detail().empty());
  EXPECT_EQ(server.read(scratch).error(), error::bad_record);
  EXPECT_EQ(server.write("x").error(), error::bad_record);
  EXPECT_EQ(server.feed("x").error(), error::bad_record);
  server.shutdown();
  c.feed(take_output(server));
  EXPECT_TRUE(c.has_failed());
}

TEST_P(tls_refusal_test, plain_bytes_after_the_handshake_are_an_error) {
  client c{version()};
  engine server{shared_};
  talk(c, server);
  ASSERT_TRUE(server.feed("GET / HTTP/1.1\r\n\r\n"));
  char scratch[100];
  EXPECT_EQ(server.read(scratch).error(), error::bad_record);
}

TEST_P(tls_refusal_test, an_error_frees_everything_but_the_alert) {
  client c{version()};
  const auto before = charged();
  engine server{shared_};
  talk(c, server);
  ASSERT_TRUE(server.feed("\x17\x03\x03\x00\x20"s + std::string(1000, 'x')));
  char scratch[100];
  ASSERT_FALSE(server.read(scratch));
  EXPECT_LT(charged() - before, 100);
  server.consume_output(server.output().size());
  EXPECT_EQ(charged(), before);
}

TEST_P(tls_refusal_test, the_client_may_refuse_the_certificate) {
  client c{version()};
  SSL_set_verify(c.native(), SSL_VERIFY_PEER, nullptr);
  engine server{shared_};
  talk(c, server);
  EXPECT_TRUE(c.has_failed());
  EXPECT_FALSE(server.is_established());
  EXPECT_EQ(server.feed("x").error(), error::handshake_failed);
  EXPECT_NE(server.detail().find("alert"), std::string_view::npos);
}

INSTANTIATE_TEST_SUITE_P(versions, tls_refusal_test, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& tested) { return tested.param == TLS1_2_VERSION ? "tls_1_2"s : "tls_1_3"s; });

TEST_F(tls_refusal_test, refuses_tls_1_1) {
  client c{{.version = TLS1_1_VERSION, .ciphers = "ALL:@SECLEVEL=0"}};
  engine server{shared_};
  talk(c, server);
  EXPECT_FALSE(server.is_established());
  EXPECT_EQ(server.feed("x").error(), error::handshake_failed);
}

TEST_F(tls_refusal_test, refuses_ciphers_without_forward_secrecy) {
  client c{{.version = TLS1_2_VERSION, .ciphers = "AES128-SHA"}};
  engine server{make_context(make_rsa_key())};
  talk(c, server);
  EXPECT_FALSE(server.is_established());
}

TEST_F(tls_refusal_test, refuses_to_renegotiate) {
  client c{{.version = TLS1_2_VERSION}};
  engine server{shared_};
  talk(c, server);
  SSL_renegotiate(c.native());
  SSL_do_handshake(c.native());
  (void)server.feed(c.take_output());
  char scratch[100];
  (void)server.read(scratch);
  c.feed(take_output(server));
  EXPECT_TRUE(c.has_failed());
  ERR_clear_error();
}

}  // namespace
}  // namespace encke::tls
