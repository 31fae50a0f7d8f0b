// SPDX-License-Identifier: MIT
// The upgrade from polling to WebSocket: probe, switch, what may go wrong in between, and its races with closing.
#include "session_script.hpp"

namespace encke::engineio {
namespace {

TEST(upgrade, goes_as_the_protocol_shows_it) {
  script s;
  s.run({{"poll", ""},
         {"websocket", ""},
         {"deadline", "10000"},
         {"clock 50", ""},
         {"probe 2probe", "send 3probe, answer 6"},
         {"deadline", "10000"},
         {"probe 5", "switch"},
         {"packet 4a", "deliver a"},
         {"queued", ""},
         {"deadline", "25000"}});
  EXPECT_EQ(s.subject().current(), transport::websocket);
  EXPECT_FALSE(s.subject().is_upgrading());
  EXPECT_TRUE(s.subject().is_writable());
}

TEST(upgrade, works_the_same_in_v3) {
  script{revision::v3}.run({{"poll", ""},
                            {"websocket", ""},
                            {"probe 2probe", "send 3probe, answer 6"},
                            {"probe 5", "switch"},
                            {"packet 2", "send pong"}});
}

TEST(upgrade, ends_a_get_that_comes_during_the_probe_at_once) {
  script{}.run({{"websocket", ""},
                {"probe 2probe", "send 3probe"},
                {"deadline", "10000"},
                {"clock 500", ""},
                {"poll", "answer 6"},
                {"deadline", "10000"},
                {"poll", "answer 6"},
                {"probe 5", "switch"}});
}

TEST(upgrade, slows_down_a_client_that_polls_on_and_on) {
  script s;
  s.run({{"websocket", ""}, {"probe 2probe", "send 3probe"}});
  for (int i = 0; i < 4; ++i) EXPECT_EQ(s.does("poll"), "answer 6");
  s.run({{"clock 500", ""},
         {"poll", ""},
         {"deadline", "600"},
         {"at 599", ""},
         {"at 600", "answer 6"},
         {"deadline", "10000"},
         {"poll", ""},
         {"probe 2probe", "send 3probe"},
         {"at 700", "answer 6"},
         {"poll", ""},
         {"queued", "flush"},
         {"poll queued", "flush"},
         {"poll", ""},
         {"probe 5", "answer 1, switch"}});
}

TEST(upgrade, tried_again_is_as_prompt_as_the_first) {
  script s;
  s.run({{"websocket", ""}, {"probe 2probe", "send 3probe"}});
  for (int i = 0; i < 4; ++i) EXPECT_EQ(s.does("poll"), "answer 6");
  s.run({{"poll", ""}, {"probe gone", ""}, {"websocket", ""}, {"probe 2probe", "send 3probe, answer 6"}});
}

TEST(upgrade, does_not_end_a_get_before_the_probe) {
  script{}.run({{"poll", ""}, {"websocket", ""}, {"at 5000", ""}});
}

TEST(upgrade, leaves_messages_to_polling_until_the_switch) {
  script{}.run({{"poll", ""},
                {"websocket", ""},
                {"queued", "flush"},
                {"probe 2probe", "send 3probe"},
                {"queued", ""},
                {"poll queued", "flush"},
                {"queued", ""},
                {"packet 4a", "deliver a"},
                {"probe 5", "switch"}});
}

TEST(upgrade, needs_no_probe_before_it) {
  script{}.run({{"websocket", ""}, {"probe 5", "switch"}, {"packet 4a", "deliver a"}});
}

TEST(upgrade, answers_a_get_that_is_still_pending) {
  script{}.run({{"poll", ""}, {"websocket", ""}, {"probe 5", "answer 1, switch"}});
}

TEST(upgrade, drops_a_post_that_is_still_being_read) {
  script{}.run({{"post", ""},
                {"websocket", ""},
                {"probe 5", "switch"},
                {"post end", "drop it"},
                {"post aborted", ""},
                {"packet 4a", "deliver a"}});
}

TEST(upgrade, closes_only_a_second_websocket) {
  script{}.run({{"websocket", ""},
                {"websocket", "close newcomer"},
                {"probe 2probe", "send 3probe"},
                {"websocket", "close newcomer"},
                {"probe 5", "switch"},
                {"websocket", "close newcomer"},
                {"packet 4a", "deliver a"}});
}

TEST(upgrade, is_only_for_polling_sessions) {
  script{revision::v4, transport::websocket}.run({{"websocket", "close newcomer"}, {"packet 4a", "deliver a"}});
}

TEST(upgrade, is_not_possible_where_it_is_not_allowed) {
  script{revision::v4, transport::polling, {.allow_upgrades = false}}.run(
      {{"websocket", "close newcomer"}, {"poll", ""}});
}

TEST(upgrade, gives_up_the_probe_after_a_while) {
  script{}.run({{"websocket", ""},
                {"probe 2probe", "send 3probe"},
                {"at 10000", "close probe"},
                {"probe 5", ""},
                {"deadline", "25000"},
                {"poll", ""},
                {"at 10200", ""},
                {"websocket", ""},
                {"deadline", "20200"},
                {"probe 5", "answer 1, switch"}});
}

TEST(upgrade, gives_up_the_probe_at_anything_else_on_it) {
  for (const auto* packet :
       {"probe 2", "probe 2other", "probe 3probe", "probe 4a", "probe bAQID", "probe 1", "probe 6"})
    script{}.run({{"poll", ""}, {"websocket", ""}, {packet, "close probe"}, {"probe 5", ""}, {"queued", "flush"}});
  script{}.run({{"websocket", ""}, {"probe 2probe", "send 3probe"}, {"probe parse error", "close probe"}});
}

TEST(upgrade, may_be_tried_again_after_the_probe_was_lost) {
  script{}.run({{"poll", ""},
                {"websocket", ""},
                {"probe 2probe", "send 3probe, answer 6"},
                {"poll", "answer 6"},
                {"probe gone", ""},
                {"poll", ""},
                {"at 200", ""},
                {"deadline", "25000"},
                {"websocket", ""},
                {"probe 2probe", "send 3probe, answer 6"},
                {"probe 5", "switch"}});
}

TEST(upgrade, answers_every_probe) {
  script{}.run(
      {{"websocket", ""}, {"probe 2probe", "send 3probe"}, {"probe 2probe", "send 3probe"}, {"probe 5", "switch"}});
}

TEST(upgrade, keeps_the_wait_for_a_pong) {
  script{}.run({{"poll", ""},
                {"at 25000", "send ping, flush"},
                {"websocket", ""},
                {"probe 5", "switch"},
                {"deadline", "45000"},
                {"at 45000", "closing ping timeout, close websocket, ended"}});
}

TEST(upgrade, keeps_the_wait_for_a_v3_ping) {
  script{revision::v3}.run({{"websocket", ""},
                            {"probe 5", "switch"},
                            {"deadline", "45000"},
                            {"at 45000", "closing ping timeout, close websocket, ended"}});
}

TEST(upgrade, sends_the_ping_by_polling_until_the_switch) {
  script{revision::v4, transport::polling, {.upgrade_timeout = std::chrono::seconds{60}}}.run(
      {{"websocket", ""},
       {"probe 2probe", "send 3probe"},
       {"at 25000", "send ping"},
       {"poll queued", "flush"},
       {"probe 5", "switch"}});
}

TEST(upgrade, ends_with_the_session) {
  script{}.run({{"poll", ""},
                {"websocket", ""},
                {"packet 1", "closing transport close, answer 6, close probe, ended"},
                {"deadline", "none"},
                {"probe 5", ""}});
  script{}.run({{"websocket", ""}, {"parse error", "closing parse error, close probe, ended"}});
  script{}.run({{"websocket", ""}, {"shutdown", "closing server shutting down, close probe, ended"}});
  script{}.run({{"poll", ""}, {"websocket", ""}, {"close", "closing forced close, answer 1, close probe, ended"}});
}

TEST(upgrade, during_an_orderly_close_closes_the_websocket_unflushed) {
  script{}.run({{"websocket", ""},
                {"probe 2probe", "send 3probe"},
                {"close queued", "closing forced close"},
                {"deadline", "10000"},
                {"probe 5", "close probe, ended"},
                {"deadline", "none"}});
}

TEST(upgrade, during_an_orderly_close_yields_to_the_next_get) {
  script{}.run({{"websocket", ""},
                {"probe 2probe", "send 3probe"},
                {"close", "closing forced close"},
                {"poll", "answer 6 1, close probe, ended"}});
  script{}.run(
      {{"websocket", ""}, {"close", "closing forced close"}, {"at 10000", "close probe"}, {"at 30000", "ended"}});
}

TEST(upgrade, cannot_begin_during_an_orderly_close) {
  script{}.run({{"close", "closing forced close"}, {"websocket", "close newcomer"}, {"poll", "answer 6 1, ended"}});
}

TEST(upgrade, done_leaves_the_close_to_websocket) {
  script{}.run({{"websocket", ""}, {"probe 5", "switch"}, {"close", "closing forced close, close websocket, ended"}});
  script{}.run({{"websocket", ""}, {"probe 5", "switch"}, {"websocket gone", "closing transport close, ended"}});
}

TEST(upgrade, is_not_confused_by_events_of_the_other_transport) {
  script{}.run({{"websocket gone", ""}, {"probe 5", ""}, {"probe gone", ""}, {"probe parse error", ""}, {"poll", ""}});
}

}  // namespace
}  // namespace encke::engineio
