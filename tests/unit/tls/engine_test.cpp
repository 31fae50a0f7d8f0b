// SPDX-License-Identifier: MIT
// The engine with a client that behaves: handshakes, data in all sizes, tickets, and the end of a connection.
#include <gtest/gtest.h>

#include <thread>

#include "tls/engine.hpp"
#include "unit/tls/engine_fixture.hpp"

namespace encke::tls {
namespace {

using namespace test;
using namespace std::string_literals;

using tls_engine_test = engine_fixture;

TEST_P(tls_engine_test, shakes_hands_and_carries_data_both_ways) {
  client c{version()};
  engine server{shared_};
  EXPECT_FALSE(server.is_established());
  EXPECT_EQ(talk(c, server), "");
  ASSERT_TRUE(c.is_established());
  ASSERT_TRUE(server.is_established());
  EXPECT_FALSE(server.was_resumed());
  EXPECT_STREQ(server.version(), GetParam() == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3");
  c.send("ping");
  EXPECT_EQ(talk(c, server), "ping");
  ASSERT_TRUE(server.write("pong"));
  talk(c, server);
  EXPECT_EQ(c.received, "pong");
}

TEST_P(tls_engine_test, works_a_byte_at_a_time) {
  client c{version()};
  engine server{shared_};
  talk(c, server, 1);
  ASSERT_TRUE(c.is_established());
  c.send("some words");
  EXPECT_EQ(talk(c, server, 1), "some words");
  ASSERT_TRUE(server.write("an answer"));
  talk(c, server, 1);
  EXPECT_EQ(c.received, "an answer");
}

TEST_P(tls_engine_test, takes_the_last_flight_and_the_first_data_in_one_piece) {
  client c{version()};
  engine server{shared_};
  c.step();
  while (!c.is_established()) {
    ASSERT_TRUE(server.feed(c.take_output()));
    c.feed(take_output(server));
  }
  c.send("early bird");
  ASSERT_TRUE(server.feed(c.take_output()));
  EXPECT_TRUE(server.is_established());
  EXPECT_EQ(read_all(server), "early bird");
}

TEST_P(tls_engine_test, carries_ten_megabytes_both_ways) {
  client c{version()};
  engine server{shared_};
  talk(c, server);
  const auto idle = charged();
  const auto data = random_bytes(std::size_t{10} << 20);
  c.send(data);
  EXPECT_TRUE(talk(c, server, 65536) == data);
  ASSERT_TRUE(server.write(data));
  EXPECT_GT(server.output().size(), data.size());
  talk(c, server);
  EXPECT_TRUE(c.received == data);
  EXPECT_EQ(charged(), idle);
}

TEST_P(tls_engine_test, output_may_be_taken_in_pieces) {
  client c{version()};
  engine server{shared_};
  talk(c, server);
  const auto data = random_bytes(200000);
  ASSERT_TRUE(server.write(std::string_view{data}.substr(0, 150000)));
  while (server.output().size() > 50000) {
    c.feed(server.output().substr(0, 7));
    server.consume_output(7);
  }
  ASSERT_TRUE(server.write(std::string_view{data}.substr(150000)));
  talk(c, server);
  EXPECT_TRUE(c.received == data);
}

TEST_P(tls_engine_test, plaintext_may_be_read_in_pieces) {
  client c{version()};
  engine server{shared_};
  talk(c, server);
  const auto data = random_bytes(40000);
  c.send(data);
  ASSERT_TRUE(server.feed(c.take_output()));
  std::string received;
  char piece[7];
  while (true) {
    const auto count = server.read(piece);
    ASSERT_TRUE(count);
    if (*count == 0) break;
    received.append(piece, *count);
  }
  EXPECT_TRUE(received == data);
  EXPECT_EQ(server.read({}).value(), 0U);
}

TEST_P(tls_engine_test, an_idle_engine_holds_no_buffers) {
  client c{version()};
  const auto engine_charge = charged();
  engine server{shared_};
  const auto fresh = charged() - engine_charge;
  talk(c, server);
  const auto idle = charged() - engine_charge;
  EXPECT_LT(idle, fresh + SSL3_RT_MAX_PLAIN_LENGTH);
  for (int i = 0; i < 10; ++i) {
    c.send(random_bytes(50000));
    EXPECT_EQ(talk(c, server).size(), 50000U);
    ASSERT_TRUE(server.write(random_bytes(50000)));
    talk(c, server);
    EXPECT_EQ(charged() - engine_charge, idle);
  }
}

// Every step happens on a thread that ends after it, with engines of other threads in between.
TEST_P(tls_engine_test, engines_go_from_thread_to_thread_at_any_moment) {
  client one{version()};
  client other{version()};
  engine first{shared_};
  engine second{shared_};
  const auto on_a_thread = [](const auto& step) { std::thread{step}.join(); };
  const auto feed = [&](client& c, engine& server) {
    const auto up = c.take_output();
    on_a_thread([&] { EXPECT_TRUE(server.feed(up)); });
    c.feed(take_output(server));
  };
  one.step();
  other.step();
  for (int i = 0; i < 3; ++i) {
    feed(one, first);
    feed(other, second);
  }
  ASSERT_TRUE(first.is_established());
  ASSERT_TRUE(second.is_established());
  one.send("from one");
  other.send("from the other");
  EXPECT_TRUE(first.feed(one.take_output()));
  on_a_thread([&] {
    EXPECT_TRUE(second.feed(other.take_output()));
    EXPECT_EQ(read_all(second), "from the other");
    EXPECT_EQ(read_all(first), "from one");
    EXPECT_TRUE(first.write("to one"));
  });
  EXPECT_TRUE(second.write("to the other"));
  on_a_thread([&] { first.shutdown(); });
  one.feed(take_output(first));
  other.feed(take_output(second));
  EXPECT_EQ(one.received, "to one");
  EXPECT_TRUE(one.is_closed());
  EXPECT_EQ(other.received, "to the other");
}

TEST_P(tls_engine_test, an_engine_made_with_new_is_charged_itself) {
  const auto before = charged();
  auto server = std::make_unique<engine>(shared_);
  EXPECT_GE(charged() - before, static_cast<std::int64_t>(sizeof(engine)));
  server.reset();
  EXPECT_EQ(charged(), before);
}

TEST_P(tls_engine_test, chooses_http_1_1_among_the_protocols_offered) {
  auto with = version();
  with.alpn = "\x02h2\x08http/1.1";
  client c{with};
  engine server{shared_};
  talk(c, server);
  ASSERT_TRUE(c.is_established());
  EXPECT_EQ(c.alpn(), "http/1.1");
}

TEST_P(tls_engine_test, a_ticket_resumes_the_session) {
  client first{version()};
  engine server{shared_};
  talk(first, server);
  ASSERT_NE(first.ticket(), nullptr);
  auto with = version();
  with.session = first.ticket();
  client second{with};
  engine again{shared_};
  talk(second, again);
  EXPECT_TRUE(second.was_resumed());
  EXPECT_TRUE(again.was_resumed());
  second.send("back");
  EXPECT_EQ(talk(second, again), "back");
}

TEST_P(tls_engine_test, a_ticket_outlives_a_reload_of_the_certificate) {
  client first{version()};
  {
    engine server{shared_};
    talk(first, server);
  }
  auto with = version();
  with.session = first.ticket();
  client second{with};
  engine reloaded{make_context()};
  talk(second, reloaded);
  EXPECT_TRUE(second.is_established());
  EXPECT_TRUE(reloaded.was_resumed());
}

TEST_P(tls_engine_test, keeps_no_session_for_a_client_that_left) {
  for (int i = 0; i < 20; ++i) {
    client c{version()};
    engine server{shared_};
    talk(c, server);
  }
  EXPECT_EQ(SSL_CTX_sess_number(shared_->native()), 0);
}

TEST_P(tls_engine_test, the_peers_close_notify_ends_reading_but_not_writing) {
  client c{version()};
  engine server{shared_};
  talk(c, server);
  c.send("last words");
  c.close();
  ASSERT_TRUE(server.feed(c.take_output()));
  EXPECT_EQ(read_all(server), "last words");
  char scratch[10];
  EXPECT_EQ(server.read(scratch).error(), error::closed);
  const auto idle = charged();
  EXPECT_TRUE(server.feed("whatever follows is ignored"));
  EXPECT_EQ(charged(), idle);
  EXPECT_EQ(server.read(scratch).error(), error::closed);
  EXPECT_TRUE(server.write("good bye"));
  EXPECT_FALSE(server.output().empty());
}

TEST_P(tls_engine_test, shutdown_sends_close_notify_once) {
  client c{version()};
  engine server{shared_};
  server.shutdown();
  EXPECT_TRUE(server.output().empty());
  talk(c, server);
  server.shutdown();
  const auto size = server.output().size();
  EXPECT_GT(size, 0U);
  server.shutdown();
  EXPECT_EQ(server.output().size(), size);
  EXPECT_EQ(server.write("too late").error(), error::closed);
  talk(c, server);
  EXPECT_TRUE(c.is_closed());
  c.send("still here");
  EXPECT_EQ(talk(c, server), "still here");
}

TEST_P(tls_engine_test, refuses_to_write_before_it_is_established) {
  engine server{shared_};
  EXPECT_EQ(server.write("x").error(), error::not_established);
  char scratch[10];
  EXPECT_EQ(server.read(scratch).value(), 0U);
  client c{version()};
  talk(c, server);
  EXPECT_TRUE(server.write("x"));
}

TEST_P(tls_engine_test, errors_left_by_others_do_not_confuse_it) {
  client c{version()};
  engine server{shared_};
  c.step();
  while (!server.is_established()) {
    const auto bytes = c.take_output();
    ERR_raise(ERR_LIB_USER, ERR_R_INTERNAL_ERROR);
    ASSERT_TRUE(server.feed(bytes));
    c.feed(take_output(server));
  }
  c.send("fine");
  const auto bytes = c.take_output();
  ASSERT_TRUE(server.feed(bytes));
  ERR_raise(ERR_LIB_USER, ERR_R_INTERNAL_ERROR);
  EXPECT_EQ(read_all(server), "fine");
}

INSTANTIATE_TEST_SUITE_P(versions, tls_engine_test, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& tested) { return tested.param == TLS1_2_VERSION ? "tls_1_2"s : "tls_1_3"s; });

TEST_F(tls_engine_test, asks_again_when_the_client_guessed_the_wrong_group) {
  client c{{.groups = "ffdhe2048:P-256"}};
  engine server{shared_};
  talk(c, server, 1);
  EXPECT_TRUE(c.is_established());
  c.send("in the end");
  EXPECT_EQ(talk(c, server), "in the end");
}

TEST_F(tls_engine_test, follows_a_key_update) {
  client c;
  engine server{shared_};
  talk(c, server);
  for (int i = 0; i < 3; ++i) {
    SSL_key_update(c.native(), SSL_KEY_UPDATE_REQUESTED);
    c.send("with new keys");
    EXPECT_EQ(talk(c, server, 1), "with new keys");
    c.received.clear();
    ASSERT_TRUE(server.write("so do I"));
    talk(c, server);
    EXPECT_EQ(c.received, "so do I");
  }
}

}  // namespace
}  // namespace encke::tls
