// SPDX-License-Identifier: MIT
// Heartbeats (Engine.IO v4: the server pings; v3: the client does), message delivery and parse errors, as scripts.
#include "session_script.hpp"

namespace encke::engineio {
namespace {

constexpr auto ws = transport::websocket;

TEST(session, is_small) {
  EXPECT_LE(sizeof(session), 96U);
}

TEST(session, delivers_messages) {
  script{}.run(
      {{"packet 4hello", "deliver hello"}, {"packet 4", "deliver "}, {"packet bAQID", "deliver binary \x01\x02\x03"}});
}

TEST(session, ignores_packets_that_have_no_meaning_here) {
  script{}.run({{"packet 0{}", ""}, {"packet 5", ""}, {"packet 6", ""}, {"packet 4a", "deliver a"}});
  script{revision::v3, ws}.run({{"packet 0", ""}, {"packet 5", ""}, {"packet 6", ""}});
}

TEST(session, ends_at_a_packet_that_cannot_be_decoded) {
  script{}.run({{"poll", ""}, {"parse error", "closing parse error, answer 1, ended"}, {"packet 4a", ""}});
  script{revision::v4, ws}.run({{"parse error", "closing parse error, close websocket, ended"}});
}

TEST(session, pings_after_the_interval) {
  script{revision::v4, ws}.run({{"deadline", "25000"},
                                {"at 24999", ""},
                                {"at 25000", "send ping"},
                                {"deadline", "45000"},
                                {"at 44999", ""},
                                {"at 45000", "closing ping timeout, close websocket, ended"},
                                {"deadline", "none"}});
}

TEST(session, counts_a_missing_pong_from_when_its_ping_was_due) {
  script{revision::v4, ws}.run(
      {{"at 25050", "send ping"}, {"deadline", "45000"}, {"at 45000", "closing ping timeout, close websocket, ended"}});
}

TEST(session, gives_the_whole_time_for_a_pong_after_the_server_was_held_up) {
  script{revision::v4, ws}.run({{"at 26000", "send ping"}, {"deadline", "46000"}});
}

TEST(session, pings_an_interval_after_the_pong_not_after_the_ping) {
  script{revision::v4, ws}.run({{"at 25000", "send ping"},
                                {"clock 27000", ""},
                                {"packet 3", ""},
                                {"deadline", "52000"},
                                {"at 52000", "send ping"},
                                {"deadline", "72000"}});
}

TEST(session, restarts_the_interval_at_an_unsolicited_pong) {
  script{revision::v4, ws}.run({{"clock 10000", ""}, {"packet 3", ""}, {"deadline", "35000"}});
}

TEST(session, extends_the_wait_for_a_pong_once_per_ping) {
  script{revision::v4, ws}.run({{"at 25000", "send ping"},
                                {"clock 30000", ""},
                                {"packet 4a", "deliver a"},
                                {"deadline", "50000"},
                                {"clock 31000", ""},
                                {"packet 4b", "deliver b"},
                                {"deadline", "50000"},
                                {"clock 32000", ""},
                                {"packet 3", ""},
                                {"at 57000", "send ping"},
                                {"clock 58000", ""},
                                {"packet 6", ""},
                                {"deadline", "78000"},
                                {"at 78000", "closing ping timeout, close websocket, ended"}});
}

TEST(session, does_not_move_the_ping_when_messages_arrive) {
  script{revision::v4, ws}.run({{"clock 20000", ""}, {"packet 4a", "deliver a"}, {"deadline", "25000"}});
}

TEST(session, ends_when_a_v4_client_pings) {
  script{revision::v4, ws}.run({{"packet 2", "closing transport error, close websocket, ended"}});
  script{}.run({{"poll", ""}, {"packet 2probe", "closing transport error, answer 1, ended"}});
}

TEST(session, puts_the_ping_into_the_pending_get) {
  script{}.run({{"poll", ""}, {"at 25000", "send ping, flush"}, {"poll", ""}, {"packet 3", ""}});
}

TEST(session, ends_a_client_that_stopped_polling) {
  script{}.run({{"at 25000", "send ping"}, {"at 45000", "closing ping timeout, ended"}});
  script{}.run({{"at 25000", "send ping"},
                {"poll queued", "flush"},
                {"poll", ""},
                {"at 45000", "closing ping timeout, answer 1, ended"}});
}

TEST(session, pings_once_when_time_jumps) {
  script{revision::v4, ws}.run({{"at 90000", "send ping"}, {"deadline", "110000"}});
}

TEST(session, answers_the_pings_of_a_v3_client) {
  script{revision::v3, ws}.run({{"deadline", "45000"},
                                {"clock 25000", ""},
                                {"packet 2", "send pong"},
                                {"deadline", "70000"},
                                {"packet 2hello", "send pong"},
                                {"at 70000", "closing ping timeout, close websocket, ended"}});
  script{revision::v3}.run({{"poll", ""}, {"packet 2", "send pong, flush"}, {"packet 2", "send pong"}});
}

TEST(session, of_v3_takes_any_packet_for_a_sign_of_life) {
  script{revision::v3, ws}.run({{"clock 40000", ""}, {"packet 4a", "deliver a"}, {"deadline", "85000"}});
}

TEST(session, ends_when_a_v3_client_sends_a_pong) {
  script{revision::v3, ws}.run({{"packet 3", "closing transport error, close websocket, ended"}});
}

TEST(session, names_its_reasons_as_applications_know_them) {
  EXPECT_EQ(to_string(close_reason::transport_error), "transport error");
  EXPECT_EQ(to_string(close_reason::transport_close), "transport close");
  EXPECT_EQ(to_string(close_reason::ping_timeout), "ping timeout");
  EXPECT_EQ(to_string(close_reason::parse_error), "parse error");
  EXPECT_EQ(to_string(close_reason::forced_close), "forced close");
  EXPECT_EQ(to_string(close_reason::server_shutdown), "server shutting down");
}

}  // namespace
}  // namespace encke::engineio
