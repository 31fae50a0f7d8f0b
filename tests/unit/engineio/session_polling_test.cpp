// SPDX-License-Identifier: MIT
// Polling: the pairing of GETs and POSTs, overlaps, lost connections, and every way a session closes, as scripts.
#include "session_script.hpp"

namespace encke::engineio {
namespace {

constexpr auto ws = transport::websocket;

TEST(polling, holds_a_get_until_something_is_queued) {
  script{}.run({{"queued", ""}, {"poll queued", "flush"}, {"poll", ""}, {"queued", "flush"}, {"queued", ""}});
}

TEST(polling, is_writable_while_a_get_is_pending) {
  script s;
  EXPECT_FALSE(s.subject().is_writable());
  s.run({{"poll", ""}});
  EXPECT_TRUE(s.subject().is_writable());
  s.run({{"queued", "flush"}});
  EXPECT_FALSE(s.subject().is_writable());
  EXPECT_TRUE((script{revision::v4, ws}.subject().is_writable()));
}

TEST(polling, ends_at_a_second_get_and_answers_the_first) {
  script{}.run({{"poll", ""}, {"poll", "400, closing transport error, answer 1, ended"}, {"poll", "400"}});
  script{revision::v3}.run({{"poll", ""}, {"poll queued", "400, closing transport error, answer 1, ended"}});
}

TEST(polling, ends_when_the_pending_get_is_lost) {
  script{}.run({{"poll", ""}, {"poll gone", "closing transport error, ended"}});
}

TEST(polling, does_not_care_for_a_get_that_was_answered) {
  script{}.run({{"poll queued", "flush"}, {"poll gone", ""}, {"poll", ""}});
}

TEST(polling, takes_one_post_after_another) {
  script{}.run({{"post", ""}, {"post end", ""}, {"packet 4a", "deliver a"}, {"post", ""}, {"post end", ""}});
}

TEST(polling, takes_a_post_while_a_get_is_pending) {
  script{}.run({{"poll", ""}, {"post", ""}, {"post end", ""}, {"packet 4a", "deliver a"}, {"queued", "flush"}});
}

TEST(polling, ends_at_a_second_post) {
  script{}.run({{"poll", ""},
                {"post", ""},
                {"post", "400 drop earlier, closing transport error, answer 1, ended"},
                {"post end", "drop it"},
                {"post aborted", ""},
                {"post", "400"}});
}

TEST(polling, ends_when_a_post_is_lost) {
  script{}.run({{"poll", ""}, {"post", ""}, {"post aborted", "closing transport error, answer 1, ended"}});
  script{}.run({{"post", ""}, {"post end", ""}, {"post aborted", ""}});
}

TEST(polling, of_v4_takes_no_octet_stream) {
  script{}.run({{"poll", ""}, {"post octets", "400, closing transport error, answer 1, ended"}});
  script{revision::v3}.run({{"post octets", ""}, {"post end", ""}});
}

TEST(polling, takes_nothing_once_the_session_is_on_websocket) {
  script{revision::v4, ws}.run({{"poll", "400"}, {"post", "400"}, {"packet 4a", "deliver a"}});
}

TEST(closing, by_a_polling_client_ends_its_get_with_a_noop) {
  script{}.run({{"poll", ""}, {"packet 1", "closing transport close, answer 6, ended"}, {"packet 4a", ""}});
  script{revision::v3}.run({{"packet 1", "closing transport close, ended"}});
}

TEST(closing, by_a_packet_on_websocket_closes_it) {
  script{revision::v4, ws}.run({{"packet 1", "closing transport close, close websocket, ended"}});
  script{revision::v3, ws}.run({{"packet 1", "closing transport close, close websocket, ended"}});
}

TEST(closing, of_the_websocket_ends_the_session) {
  script{revision::v4, ws}.run({{"websocket gone", "closing transport close, ended"}, {"websocket gone", ""}});
  script{revision::v4, ws}.run({{"websocket failed", "closing transport error, ended"}});
}

TEST(closing, by_the_server_on_websocket_is_at_once) {
  script{revision::v4, ws}.run({{"close queued", "closing forced close, close websocket, ended"}, {"close", ""}});
}

TEST(closing, by_the_server_answers_the_pending_get) {
  script{}.run({{"poll", ""}, {"close", "closing forced close, answer 1, ended"}, {"deadline", "none"}});
}

TEST(closing, by_the_server_waits_for_the_next_get) {
  script s;
  s.run({{"clock 1000", ""}, {"close", "closing forced close"}, {"deadline", "31000"}});
  EXPECT_TRUE(s.subject().is_closing());
  EXPECT_FALSE(s.subject().is_writable());
  s.run({{"close", ""}, {"queued", ""}, {"poll", "answer 6 1, ended"}});
  EXPECT_TRUE(s.subject().is_closed());
}

TEST(closing, by_the_server_does_not_wait_for_ever) {
  script{}.run({{"close", "closing forced close"}, {"at 29999", ""}, {"at 30000", "ended"}, {"poll", "400"}});
}

TEST(closing, by_the_server_sends_what_is_queued_first) {
  script{}.run({{"close queued", "closing forced close"},
                {"clock 20000", ""},
                {"poll queued", "flush"},
                {"deadline", "50000"},
                {"poll", "answer 6 1, ended"}});
}

TEST(closing, by_the_server_with_a_get_pending_sends_what_is_queued_in_it) {
  script{}.run({{"poll", ""}, {"close queued", "closing forced close, flush"}, {"poll", "answer 6 1, ended"}});
}

TEST(closing, drops_what_still_arrives) {
  script{}.run({{"close", "closing forced close"},
                {"post", ""},
                {"post end", ""},
                {"packet 4a", ""},
                {"packet 2", ""},
                {"parse error", ""},
                {"poll", "answer 6 1, ended"}});
}

TEST(closing, stops_the_heartbeat) {
  script{}.run(
      {{"at 25000", "send ping"}, {"close queued", "closing forced close"}, {"deadline", "55000"}, {"at 45000", ""}});
}

TEST(closing, is_over_when_the_client_closes_too) {
  script{}.run({{"close", "closing forced close"}, {"packet 1", "ended"}});
}

TEST(closing, is_over_when_a_connection_is_lost_or_misused) {
  script{}.run({{"post", ""}, {"close", "closing forced close"}, {"post aborted", "ended"}});
  script{}.run({{"post", ""}, {"close", "closing forced close"}, {"post", "400 drop earlier, ended"}});
  script{}.run({{"close", "closing forced close"}, {"post octets", "400, ended"}});
}

TEST(closing, at_shutdown_discards) {
  script{}.run({{"shutdown", "closing server shutting down, ended"}, {"shutdown", ""}});
  script{}.run({{"poll", ""}, {"shutdown", "closing server shutting down, answer 1, ended"}});
  script{revision::v4, ws}.run({{"shutdown", "closing server shutting down, close websocket, ended"}});
  script{}.run({{"close queued", "closing forced close"}, {"shutdown", "ended"}});
}

TEST(closing, is_told_once_and_the_reason_stays) {
  script s;
  s.run({{"close", "closing forced close"}});
  s.subject().shutdown();
  EXPECT_EQ(s.subject().take_action()->reason, close_reason::forced_close);
}

TEST(closing, from_within_a_delivered_message_lines_up_behind_it) {
  const settings s;
  session subject{s, revision::v4, ws, {}};
  subject.on_packet({packet_type::message, false, "bye"}, {});
  EXPECT_EQ(describe(*subject.take_action()), "deliver bye");
  subject.close(true, {});
  EXPECT_EQ(describe(*subject.take_action()), "closing forced close");
  subject.close(false, {});
  subject.on_packet({packet_type::message, false, "late"}, {});
  EXPECT_EQ(describe(*subject.take_action()), "close websocket");
  EXPECT_EQ(describe(*subject.take_action()), "ended");
  EXPECT_FALSE(subject.take_action());
}

}  // namespace
}  // namespace encke::engineio
