// SPDX-License-Identifier: MIT
// The HTTP API: emitting, to whom and with what.
#include <boost/json/serialize.hpp>

#include "unit/gateway/api_support.hpp"

namespace encke::gateway::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class api_emit : public api_test {
 protected:
  // Emits `n` to a target given as members of the body.
  void emit(int n, const std::string& target) {
    const auto said = post("/v1/emit", "{" + target + R"(,"event":"n","args":[)" + std::to_string(n) + "]}");
    EXPECT_EQ(said.status, 200U) << said.raw.body;
    EXPECT_EQ(said.body.at("ok"), true);
  }
  // The numbers a client got, up to and with `last`.
  static std::vector<int> numbers(app_client& from, int last) {
    std::vector<int> got;
    while (got.empty() || got.back() != last) {
      const auto packet = from.receive();
      if (!packet.starts_with(R"(42["n",)")) return {-1};
      got.push_back(std::stoi(packet.substr(7)));
    }
    return got;
  }
};

TEST_F(api_emit, reaches_users_rooms_sockets_and_everybody_once_each_and_not_those_excepted) {
  start();
  auto ann = connect("ann"), bob = connect("bob"), eve = connect("eve"), stranger = connect("");
  emit(1, R"("rooms":["house"])");
  emit(2, R"("all":true)");
  emit(3, R"("rooms":["house","user:ann"],"users":["ann"],"sockets":[")" + ann.id() + "\"]");
  emit(4, R"("rooms":["house"],"except":{"users":["bob"],"sockets":[")" + eve.id() + "\"]}");
  emit(5, R"("all":true,"except":{"users":["ann"],"rooms":["user:eve"]})");
  emit(6, R"("sockets":[")" + bob.id() + "\"]");
  emit(7, R"("users":["ann","bob"])");
  emit(8, R"("users":["nobody"])");
  emit(9, R"("all":true,"lossy":false)");
  EXPECT_THAT(numbers(ann, 9), ElementsAre(1, 2, 3, 4, 7, 9));
  EXPECT_THAT(numbers(bob, 9), ElementsAre(1, 2, 3, 5, 6, 7, 9));
  EXPECT_THAT(numbers(eve, 9), ElementsAre(1, 2, 3, 9));
  EXPECT_THAT(numbers(stranger, 9), ElementsAre(1, 2, 3, 4, 5, 9));
}

TEST_F(api_emit, reaches_one_namespace_only) {
  start();
  auto root = connect("ann"), chat = connect("ann", "/chat");
  for (const auto* name : {"/chat", "chat"})
    EXPECT_EQ(post("/v1/emit", std::string{R"({"namespace":")"} + name + R"(","users":["ann"],"event":"e"})").status,
              200U);
  emit(1, R"("all":true)");
  EXPECT_EQ(chat.receive(), R"(42/chat,["e"])");
  EXPECT_EQ(chat.receive(), R"(42/chat,["e"])");
  EXPECT_EQ(root.receive(), R"(42["n",1])");
}

TEST_F(api_emit, passes_arguments_on_as_they_were_written) {
  start();
  auto ann = connect("ann");
  const std::string args =
      R"( [ {"deep" : ["€😀", null, 1.50e2]}, 12345678901234567890123, "a\u0000\"]", false ,[ ] ] )";
  EXPECT_EQ(post("/v1/emit", R"({"args":)" + args + R"(,"users":["ann"],"event":"say \"it\""})").status, 200U);
  EXPECT_EQ(ann.receive(),
            R"(42["say \"it\"",{"deep" : ["€😀", null, 1.50e2]},12345678901234567890123,"a\u0000\"]",false,[ ]])");
}

TEST_F(api_emit, makes_attachments_of_binary_wherever_it_stands) {
  start();
  auto ann = connect("ann");
  const auto said = post("/v1/emit", R"({"users":["ann"],"event":"file",
      "args":["x.png",{"$binary":"AAEC/w=="},{"parts":[{"$binary":"-_8"},{"$binary":""}],"n":1}]})");
  EXPECT_EQ(said.status, 200U) << said.raw.body;
  EXPECT_EQ(ann.receive(), R"(453-["file","x.png",{"_placeholder":true,"num":0},)"
                           R"({"parts":[{"_placeholder":true,"num":1},{"_placeholder":true,"num":2}],"n":1}])");
  EXPECT_EQ(ann.receive(), std::string("b\x00\x01\x02\xff", 5));
  EXPECT_EQ(ann.receive(), "b\xfb\xff");
  EXPECT_EQ(ann.receive(), "b");
}

TEST_F(api_emit, reaches_pollers_with_binary_too) {
  start();
  app_client ann{port(), "ann", "/", encke::test::polling};
  EXPECT_EQ(post("/v1/emit", R"({"users":["ann"],"event":"e","args":[{"$binary":"AAE="}]})").status, 200U);
  EXPECT_EQ(ann.receive(), R"(451-["e",{"_placeholder":true,"num":0}])");
  EXPECT_EQ(ann.receive(), std::string("b\x00\x01", 3));
}

TEST_F(api_emit, refuses_binary_that_is_none) {
  start();
  const auto refusal = [&](const std::string& args) {
    const auto said = post("/v1/emit", R"({"all":true,"event":"e","args":)" + args + "}");
    EXPECT_EQ(said.status, 400U) << args;
    return said.status == 400 ? said.faults() : std::vector<std::string>{};
  };
  EXPECT_THAT(refusal(R"([{"$binary":"*"}])"), ElementsAre("\"$binary\" must be base64"));
  EXPECT_THAT(refusal(R"([{"$binary":5}])"), ElementsAre(HasSubstr("must be a text of base64")));
  EXPECT_THAT(refusal(R"([[{"$binary":"","more":1}]])"), ElementsAre(HasSubstr("the only member")));
  std::string eleven = "[0";
  for (int i = 0; i < 11; ++i) eleven += R"(,{"$binary":"AA=="})";
  EXPECT_THAT(refusal(eleven + "]"), ElementsAre("`args` hold 11 binary values, at most 10 are allowed"));
}

TEST_F(api_emit, tells_every_fault_at_once) {
  start();
  const auto said =
      post("/v1/emit", R"({"user":["ann"],"users":"ann","rooms":[1,true],"sockets":[""],"except":{"room":[]},
      "evnt":"e","args":{},"lossy":1,"namespace":"/chut","all":"yes"})");
  EXPECT_EQ(said.status, 400U);
  EXPECT_EQ(said.raw.header("content-type"), "application/problem+json");
  EXPECT_EQ(said.body.at("code"), "invalid_request");
  EXPECT_EQ(said.body.at("message"), said.body.at("detail"));
  EXPECT_THAT(
      said.faults(),
      testing::UnorderedElementsAre(
          "unknown member \"user\", did you mean `users`?", "unknown member \"evnt\", did you mean `event`?",
          "there is no such namespace, did you mean `/chat`?", "`users` must be a list of texts that are not empty",
          "`rooms` must be a list of texts that are not empty", "`sockets` must be a list of texts that are not empty",
          "`all` must be true or false", "unknown member \"room\", did you mean `rooms`?", "`event` is missing",
          "`args` must be a list", "`lossy` must be true or false"));
}

TEST_F(api_emit, never_takes_nobody_for_everybody) {
  start();
  const auto faults = [&](const std::string& target) {
    return post("/v1/emit", R"({"event":"e")" + target + "}").faults();
  };
  const std::string nobody = "nobody is named: give `users`, `rooms` or `sockets`, or `\"all\": true`";
  EXPECT_THAT(faults(""), ElementsAre(nobody));
  EXPECT_THAT(faults(R"(,"users":[])"), ElementsAre(nobody));
  EXPECT_THAT(faults(R"(,"all":false)"), ElementsAre(nobody));
  EXPECT_THAT(faults(R"(,"except":{"users":["ann"]})"), ElementsAre(nobody));
  EXPECT_THAT(faults(R"(,"all":true,"users":["ann"])"), ElementsAre(HasSubstr("`all` goes without")));
  EXPECT_THAT(faults(R"(,"all":true,"except":[])"), ElementsAre(HasSubstr("`except` must be an object")));
}

TEST_F(api_emit, tells_how_many_sockets_an_event_was_handed_to) {
  start();
  const auto sockets = [&](const std::string& body) {
    const auto said = post("/v1/emit", body);
    EXPECT_EQ(said.status, 200U) << said.raw.body;
    return said.body.at("sockets").to_number<int>();
  };
  EXPECT_EQ(sockets(R"({"all":true,"event":"e"})"), 0);
  auto ann = connect("ann"), again = connect("ann"), bob = connect("bob"), eve = connect("eve"),
       chat = connect("ann", "/chat");
  EXPECT_EQ(sockets(R"({"all":true,"event":"e"})"), 4);
  EXPECT_EQ(sockets(R"({"users":["ann"],"event":"e"})"), 2);
  EXPECT_EQ(sockets(R"({"users":["ann","bob"],"rooms":["house"],"except":{"users":["eve"]},"event":"e"})"), 3);
  EXPECT_EQ(sockets(R"({"users":["nobody"],"event":"e"})"), 0);
  EXPECT_EQ(sockets(R"({"users":["ann"],"namespace":"/chat","event":"e","args":[{"$binary":""}]})"), 1);
  EXPECT_EQ(sockets("{\"sockets\":[\"" + bob.id() + "\"],\"event\":\"e\",\"lossy\":true}"), 1);
  const auto batch = call("POST", "/v1/emit",
                          "{\"all\":true,\"event\":\"e\"}\n{\"all\":true}\n{\"users\":[\"ann\"],\"event\":\"e\"}\n",
                          "Content-Type: application/x-ndjson\r\n");
  EXPECT_EQ(batch.body.at("sockets"), 6);
  EXPECT_EQ(batch.body.at("accepted"), 2);
}

TEST_F(api_emit, refuses_names_that_are_no_events) {
  start();
  for (const auto* event : {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"})
    EXPECT_THAT(post("/v1/emit", std::string{R"({"all":true,"event":")"} + event + "\"}").faults(),
                ElementsAre("`event` is a name that clients reserve for themselves"));
  EXPECT_THAT(post("/v1/emit", R"({"all":true,"event":""})").faults(),
              ElementsAre("`event` must be a text that is not empty"));
  EXPECT_THAT(post("/v1/emit", R"({"all":true,"event":")" + std::string(1025, 'e') + "\"}").faults(),
              ElementsAre("`event` is longer than 1024 characters"));
  std::string longest;
  for (int i = 0; i < 1024; ++i) longest += "€";
  EXPECT_EQ(post("/v1/emit", R"({"all":true,"event":")" + longest + "\"}").status, 200U);
}

TEST_F(api_emit, refuses_bodies_that_are_no_object_of_json) {
  api_options options;
  options.max_body = 1000;
  start(options);
  for (const auto* body : {"", "{\"users\":", "{\"a\":\"\xff\"}", "{} {}", "{'a':1}"})
    EXPECT_EQ(post("/v1/emit", body).body.at("code"), "invalid_json") << body;
  EXPECT_THAT(post("/v1/emit", "[]").faults(), ElementsAre("the body must be a JSON object"));
  EXPECT_THAT(post("/v1/emit", R"({"all":true,"event":"a","event":"b"})").faults(),
              ElementsAre("\"event\" is there twice (line 1, column 25)"));
  std::string deep = R"({"all":true,"event":"e","args":[)";
  deep.append(200, '[').append(200, ']').append("]}");
  EXPECT_EQ(post("/v1/emit", deep).body.at("code"), "invalid_json");
  EXPECT_EQ(post("/v1/emit", std::string(1001, ' ')).status, 413U);
}

TEST_F(api_emit, wants_the_type_of_a_body_to_be_json) {
  start();
  const std::string body = R"({"all":true,"event":"e"})";
  for (const auto* type : {"", "Content-Type: text/plain\r\n", "Content-Type: application/jsonx\r\n"}) {
    const auto said = call("POST", "/v1/emit", body, type);
    EXPECT_EQ(said.status, 415U) << type;
    EXPECT_EQ(said.body.at("code"), "unsupported_media_type");
  }
  EXPECT_EQ(call("POST", "/v1/emit", body, "content-type: Application/JSON; charset=utf-8\r\n").status, 200U);
}

TEST_F(api_emit, keeps_its_answers_small_and_valid_whatever_is_wrong) {
  start();
  std::string many = "{";
  for (int i = 0; i < 500; ++i) many += "\"none of ours " + std::to_string(i) + "\":1,";
  many += "\"" + std::string(3000, 'k') + "\":1,\"€€€€€€€€€€€€€€€€€€€€\":1}";
  const auto said = post("/v1/emit", many);
  EXPECT_EQ(said.status, 400U);
  EXPECT_EQ(said.faults().size(), 50U);
  EXPECT_LT(said.raw.body.size(), 20'000U);
}

TEST_F(api_emit, is_not_on_the_public_listener_and_answers_to_post_only) {
  start();
  scripted_peer outside{port()};
  EXPECT_EQ(outside.request("POST", "/v1/emit", "{}", "Content-Type: application/json\r\n").status, 404U);
}

TEST_F(api_emit, is_refused_by_the_listener_with_problem_details) {
  api_options small;
  small.max_body = 100;
  start(small);
  const auto expect_problem = [](const reply& said, unsigned status, const char* title, const char* code) {
    EXPECT_EQ(said.status, status);
    EXPECT_EQ(said.raw.header("content-type"), "application/problem+json");
    EXPECT_EQ(said.body.at("status"), status);
    EXPECT_EQ(said.body.at("title"), title);
    EXPECT_EQ(said.body.at("code"), code);
    EXPECT_FALSE(said.body.at("detail").as_string().empty());
  };
  const auto wrong_method = get("/v1/emit");
  expect_problem(wrong_method, 405, "Method Not Allowed", "method_not_allowed");
  EXPECT_EQ(wrong_method.raw.header("allow"), "POST, OPTIONS");
  expect_problem(get("/v1/nothing"), 404, "Not Found", "not_found");
  expect_problem(post("/v1/emit", std::string(200, ' ')), 413, "Content Too Large", "body_too_large");
  EXPECT_EQ(call("OPTIONS", "/v1/emit").raw.header("allow"), "POST, OPTIONS");
  EXPECT_EQ(get("//healthz/").status, 200U);
}

}  // namespace
}  // namespace encke::gateway::test
