// SPDX-License-Identifier: MIT
// The HTTP API: asking for answers, moving between rooms, sending away.
#include "unit/gateway/api_support.hpp"

namespace encke::gateway::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class api_calls : public api_test {
 protected:
  // Posts from another thread, so that the test can be the client meanwhile.
  std::jthread post_meanwhile(const std::string& target, const std::string& body, reply& into) {
    return std::jthread{[this, target, body, &into] { into = post(target, body); }};
  }
  // The acknowledgement id of an event: `42` or `451-`, id, `[`.
  static std::string id_in(const std::string& packet) {
    const auto begin = packet.find('-') == std::string::npos ? 2 : packet.find('-') + 1;
    return packet.substr(begin, packet.find('[') - begin);
  }
  // Who is in a room, by the user's name that `emit` of a marker reaches.
  void expect_rooms(const std::string& user, std::vector<std::string> rooms) {
    const auto said = get("/v1/users/" + user);
    ASSERT_EQ(said.status, 200U) << said.raw.body;
    std::vector<std::string> found;
    for (const auto& room : said.body.at("connections").at(0).at("rooms").as_array())
      found.emplace_back(room.as_string());
    EXPECT_THAT(found, testing::UnorderedElementsAreArray(rooms)) << user;
  }
};

// --- emit with ack ------------------------------------------------------------------------------------------------

TEST_F(api_calls, gives_the_answers_and_who_did_not_answer) {
  start();
  auto ann = connect("ann"), bob = connect("bob"), mute = connect("mute");
  reply said;
  {
    const auto asking = post_meanwhile(
        "/v1/emit-with-ack", R"({"users":["ann","bob","mute"],"event":"vote","args":["tea"],"timeout_ms":400})", said);
    const auto asked = ann.receive();
    EXPECT_THAT(asked, HasSubstr(R"(["vote","tea"])"));
    ann.send("43" + id_in(asked) + R"([ "yes", {"n" : 1.50} ])");
    bob.send("43" + id_in(bob.receive()) + "[]");
    (void)mute.receive();
  }
  EXPECT_EQ(said.status, 200U);
  EXPECT_EQ(said.body.at("missing"), (json{mute.id()}));
  const auto& answers = said.body.at("answers").as_array();
  ASSERT_EQ(answers.size(), 2U);
  for (const auto& one : answers) {
    const bool from_ann = one.at("socket") == json(ann.id());
    EXPECT_EQ(one.at("user"), from_ann ? "ann" : "bob");
    EXPECT_EQ(one.at("args"), from_ann ? boost::json::parse(R"(["yes",{"n":1.5}])") : boost::json::parse("[]"));
  }
}

TEST_F(api_calls, does_not_wait_when_everyone_has_answered_or_left_or_nobody_is_there) {
  start();
  auto ann = connect("ann");
  auto bob = std::make_optional(connect("bob"));
  reply said;
  {
    const auto asking = post_meanwhile("/v1/emit-with-ack", R"({"all":true,"event":"vote","timeout_ms":30000})", said);
    ann.send("43" + id_in(ann.receive()) + "[1]");
    (void)bob->receive();
    bob.reset();
  }
  EXPECT_EQ(said.body.at("answers").as_array().size(), 1U);
  EXPECT_EQ(said.body.at("missing").as_array().size(), 1U);
  EXPECT_EQ(post("/v1/emit-with-ack", R"({"users":["nobody"],"event":"vote"})").body,
            boost::json::parse(R"({"answers":[],"missing":[]})"));
}

TEST_F(api_calls, carries_binary_both_ways) {
  start();
  auto ann = connect("ann");
  reply said;
  {
    const auto asking =
        post_meanwhile("/v1/emit-with-ack", R"({"users":["ann"],"event":"sign","args":[{"$binary":"AAE="}]})", said);
    const auto asked = ann.receive();
    EXPECT_EQ(ann.receive(), std::string("b\x00\x01", 3));
    ann.engine().send_all({"461-" + id_in(asked) + R"([{"sum":{"_placeholder":true,"num":0}},"ok"])", "b\xff\xfe"});
  }
  ASSERT_EQ(said.status, 200U) << said.raw.body;
  EXPECT_EQ(said.body.at("answers").at(0).at("args"), boost::json::parse(R"([{"sum":{"$binary":"//4="}},"ok"])"));
}

TEST_F(api_calls, tells_binary_in_an_answer_from_what_only_looks_like_it) {
  start();
  auto ann = connect("ann");
  reply said;
  {
    const auto asking = post_meanwhile("/v1/emit-with-ack", R"({"users":["ann"],"event":"e"})", said);
    ann.engine().send_all({"461-" + id_in(ann.receive()) +
                               R"([{"$binary":"AA=="}, {"a":{"$literal":1}},{"$binary":5}, "\ud83d",)"
                               R"( {"n":1e400,"b":{"_placeholder":true,"num":0}}])",
                           "b\xff"});
  }
  EXPECT_THAT(said.raw.body, HasSubstr(R"([{"$literal":{"$binary":"AA=="}}, {"a":{"$literal":{"$literal":1}}},)"
                                       R"({"$binary":5}, "\ud83d", {"n":1e400,"b":{"$binary":"/w=="}}])"));
}

TEST_F(api_calls, limits_how_long_it_waits) {
  api_options options;
  options.ack_timeout_max = std::chrono::milliseconds{200};
  start(options);
  for (const auto* time : {"0", "201", "-1", "1.5", "\"100\"", "null", "1e99"})
    EXPECT_THAT(
        post("/v1/emit-with-ack", std::string{R"({"all":true,"event":"e","timeout_ms":)"} + time + "}").faults(),
        ElementsAre("`timeout_ms` must be a whole number from 1 to 200"))
        << time;
  auto mute = connect("mute");
  EXPECT_EQ(post("/v1/emit-with-ack", R"({"all":true,"event":"e"})").body.at("missing").as_array().size(), 1U);
  EXPECT_THAT(post("/v1/emit-with-ack", R"({"all":true,"event":"e","lossy":true})").faults(),
              ElementsAre("unknown member \"lossy\""));
}

TEST_F(api_calls, answers_nobody_when_the_caller_has_gone) {
  start();
  auto ann = connect("ann");
  {
    scripted_peer impatient{api_port()};
    impatient.send_request("POST", "/v1/emit-with-ack", R"({"all":true,"event":"e","timeout_ms":20000})",
                           "Content-Type: application/json\r\n");
    EXPECT_THAT(ann.receive(), HasSubstr("[\"e\"]"));
  }
  EXPECT_EQ(get("/healthz").status, 200U);
}

// --- join and leave -----------------------------------------------------------------------------------------------

TEST_F(api_calls, lets_targets_join_and_leave_rooms) {
  start();
  auto ann = connect("ann"), bob = connect("bob"), eve = connect("eve");
  EXPECT_EQ(post("/v1/join", R"({"users":["ann","eve"],"join":["staff","night"]})").body, (json{{"ok", true}}));
  expect_rooms("ann", {"house", "user:ann", "staff", "night"});
  expect_rooms("bob", {"house", "user:bob"});
  EXPECT_EQ(post("/v1/leave", R"({"users":["ann"],"leave":["staff"]})").status, 200U);
  EXPECT_EQ(post("/v1/leave", R"({"users":["eve"],"join":["night"]})").status, 200U);  // the body of a join
  expect_rooms("ann", {"house", "user:ann", "night"});
  expect_rooms("eve", {"house", "user:eve", "staff"});
}

TEST_F(api_calls, moves_the_same_sockets_through_all_rooms_of_one_call) {
  start();
  auto ann = connect("ann"), bob = connect("bob");
  EXPECT_EQ(post("/v1/join", R"({"users":["ann"],"join":["a","b"]})").status, 200U);
  EXPECT_EQ(post("/v1/leave", R"({"rooms":["a"],"leave":["a","b"]})").status, 200U);
  expect_rooms("ann", {"house", "user:ann"});
  EXPECT_EQ(post("/v1/join", R"({"all":true,"except":{"rooms":["a","b"]},"join":["a","b"]})").status, 200U);
  expect_rooms("ann", {"house", "user:ann", "a", "b"});
  expect_rooms("bob", {"house", "user:bob", "a", "b"});
}

TEST_F(api_calls, wants_rooms_to_join_or_leave) {
  start();
  EXPECT_THAT(post("/v1/join", R"({"all":true})").faults(), ElementsAre("`join` is missing"));
  EXPECT_THAT(post("/v1/leave", R"({"all":true})").faults(), ElementsAre("`leave` is missing"));
  EXPECT_THAT(post("/v1/join", R"({"all":true,"join":[]})").faults(), ElementsAre("`join` names no room"));
  EXPECT_THAT(post("/v1/join", R"({"all":true,"join":"a"})").faults(),
              ElementsAre("`join` must be a list of texts that are not empty"));
  EXPECT_THAT(post("/v1/join", R"({"all":true,"leave":["a"]})").faults(),
              UnorderedElementsAre("unknown member \"leave\"", "`join` is missing"));
  EXPECT_THAT(post("/v1/leave", R"({"all":true,"leave":["a"],"join":["b"]})").faults(),
              ElementsAre("`join` says the same as `leave`: give one of them"));
}

TEST_F(api_calls, moves_nobody_in_or_out_of_rooms_that_are_not_the_backends) {
  start();
  auto ann = connect("ann"), bob = connect("bob");
  for (const std::string call : {"join", "leave"}) {
    const auto with = [&](const std::string& rooms) {
      return post("/v1/" + call, R"({"users":["bob"],")" + call + "\":[" + rooms + "]}").faults();
    };
    EXPECT_THAT(with(R"("a","user:ann")"), ElementsAre("`" + call +
                                                       "` names \"user:ann\", which is the room of a user, "
                                                       "whom the token names"));
    EXPECT_THAT(with(R"("house")"),
                ElementsAre("`" + call + "` names \"house\", which is the room that everybody is in"));
  }
  expect_rooms("bob", {"house", "user:bob"});
}

TEST_F(api_calls, lets_nobody_join_a_room_named_as_a_socket) {
  start();
  auto ann = connect("ann"), bob = connect("bob");
  EXPECT_THAT(post("/v1/join", R"({"users":["bob"],"join":["a",")" + ann.id() + R"("]})").faults(),
              ElementsAre("`join` names \"" + ann.id() + "\", which is the id of a socket"));
  expect_rooms("bob", {"house", "user:bob"});
  const std::string nobodys = "abcdefghijklmnopqrs_";  // of the form that ids have
  EXPECT_EQ(post("/v1/join", R"({"users":["bob"],"join":[")" + nobodys + R"("]})").status, 200U);
  expect_rooms("bob", {"house", "user:bob", nobodys});
}

// --- ids ----------------------------------------------------------------------------------------------------------

TEST_F(api_calls, shows_no_id_that_opens_a_session) {
  start({}, true);
  engine_client old{port(), {.by = encke::test::carrier::websocket, .eio = 3}, "&user=old"};
  EXPECT_EQ(old.receive_message(), "40");
  const auto shown = std::string{get("/v1/users/old").body.at("connections").at(0).at("id").as_string()};
  EXPECT_THAT(shown, testing::StartsWith("old:"));
  const auto missing = post("/v1/emit-with-ack", R"({"users":["old"],"event":"e","timeout_ms":1})").raw.body;
  EXPECT_THAT(missing, HasSubstr(shown));
  EXPECT_THAT(old.receive_message(), HasSubstr("[\"e\"]"));
  EXPECT_THAT(get("/debug/memory/top").raw.body, HasSubstr(shown));
  for (const auto* page : {"/v1/users/old", "/debug/memory/top", "/debug/sessions", "/v1/rooms"})
    EXPECT_THAT(get(page).raw.body, testing::Not(HasSubstr(old.sid()))) << page;

  // Both ways of saying whom it is for: as shown, and as the client knows it.
  for (const auto& id : {shown, old.sid()}) {
    EXPECT_EQ(post("/v1/emit", R"({"sockets":[")" + id + R"("],"event":"hello"})").status, 200U);
    EXPECT_EQ(old.receive_message(), R"(42["hello"])");
  }
  EXPECT_EQ(post("/v1/emit", R"({"all":true,"except":{"sockets":[")" + shown + R"("]},"event":"not you"})").status,
            200U);
  EXPECT_EQ(post("/v1/disconnect", R"({"sockets":[")" + shown + R"("]})").body.at("disconnected"), 1);
  EXPECT_EQ(old.receive_message(), "41");
  EXPECT_THAT(logged(), Contains(testing::AllOf(HasSubstr(shown), testing::Not(HasSubstr(old.sid())))));
}

// --- disconnect ---------------------------------------------------------------------------------------------------

TEST_F(api_calls, sends_users_away_with_a_reason_and_says_how_many) {
  start();
  auto ann = connect("ann"), again = connect("ann"), bob = connect("bob");
  const auto said = post("/v1/disconnect", R"({"users":["ann"],"reason":"signed out","notify":"bye"})");
  EXPECT_EQ(said.body, (json{{"ok", true}, {"disconnected", 2}}));
  for (auto* one : {&ann, &again}) {
    EXPECT_EQ(one->receive(), R"(42["bye",{"reason":"signed out"}])");
    EXPECT_EQ(one->receive(), "41");
    EXPECT_EQ(one->receive(), "ended");
  }
  EXPECT_TRUE(eventually([&] { return get("/v1/users/ann").status == 404; }));
  EXPECT_EQ(get("/v1/users/bob").status, 200U);
  EXPECT_THAT(logged(), Contains(testing::AllOf(HasSubstr("disconnected by the backend reason=signed out"),
                                                HasSubstr("connections=2"), HasSubstr(ann.id()),
                                                testing::EndsWith(" users=ann"))));
}

TEST_F(api_calls, leaves_the_connection_open_when_told) {
  start();
  auto ann = connect("ann");
  EXPECT_EQ(post("/v1/disconnect", R"({"sockets":[")" + ann.id() + R"("],"close":false})").body.at("disconnected"), 1);
  EXPECT_EQ(ann.receive(), "41");
  ann.send("40/chat,");
  EXPECT_THAT(ann.receive(), HasSubstr("40/chat,{\"sid\""));
  EXPECT_EQ(post("/v1/disconnect", R"({"users":["nobody"]})").body.at("disconnected"), 0);
}

TEST_F(api_calls, sends_nobody_away_when_anything_is_wrong) {
  start();
  auto ann = connect("ann");
  EXPECT_THAT(post("/v1/disconnect", R"({"users":["ann"],"notify":"disconnect","reason":5,"close":"no"})").faults(),
              ElementsAre("`reason` must be a text that is not empty",
                          "`notify` is a name that clients reserve for themselves", "`close` must be true or false"));
  EXPECT_EQ(post("/v1/disconnect", "{}").status, 400U);
  EXPECT_EQ(get("/v1/users/ann").status, 200U);
}

}  // namespace
}  // namespace encke::gateway::test
