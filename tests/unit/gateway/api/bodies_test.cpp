// SPDX-License-Identifier: MIT
// Bodies of the HTTP API as the JSON writers of many languages make them, byte for byte, and what clients get of them.
#include "unit/gateway/api_support.hpp"

namespace encke::gateway::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class api_bodies : public api_test {
 protected:
  /// What ann gets of this body, which names her and the event "e".
  std::string delivered(const std::string& body, std::string_view type = "application/json") {
    const auto said = call("POST", "/v1/emit", body, "Content-Type: " + std::string{type} + "\r\n");
    EXPECT_EQ(said.status, 200U) << body << said.raw.body;
    return said.status == 200 ? ann_->receive() : "";
  }
  std::string delivered_args(const std::string& args) {
    return delivered(R"({"users":["ann"],"event":"e","args":)" + args + "}");
  }
  std::vector<std::string> refused_args(const std::string& args) {
    const auto said = post("/v1/emit", R"({"users":["ann"],"event":"e","args":)" + args + "}");
    EXPECT_EQ(said.status, 400U) << args;
    return said.status == 400 ? said.faults() : std::vector<std::string>{};
  }
  void start_with_ann() {
    start();
    ann_.emplace(connect("ann"));
  }
  app_client& ann() { return *ann_; }

 private:
  std::optional<app_client> ann_;
};

TEST_F(api_bodies, deliver_arguments_as_each_writer_writes_them) {
  start_with_ann();
  // JSON.stringify of JavaScript: half an emoji, of a text that was cut.
  EXPECT_EQ(delivered_args(R"(["\ud83d","a\udc00b"])"), R"(42["e","\ud83d","a\udc00b"])");
  // json.dumps of Python: everything beyond ASCII escaped, a space behind comma and colon, floats as they are.
  EXPECT_EQ(delivered(R"({"users": ["ann"], "event": "e", "args": [{"n": 1e+16, "t": "\u20ac\ud83d\ude00"}, -0.0]})"),
            R"(42["e",{"n": 1e+16, "t": "\u20ac\ud83d\ude00"},-0.0])");
  // json_encode of PHP: slashes escaped.
  EXPECT_EQ(delivered_args(R"(["https:\/\/example.org\/"])"), R"(42["e","https:\/\/example.org\/"])");
  // encoding/json of Go, System.Text.Json of .NET: what HTML could take for a tag escaped; a line feed at the end.
  EXPECT_EQ(delivered(R"({"users":["ann"],"event":"e","args":["\u003cb\u003e \u0026 \u2028","\u002B"]})"
                      "\n"),
            R"(42["e","\u003cb\u003e \u0026 \u2028","\u002B"])");
  // Windows PowerShell, .NET's Encoding.UTF8: a byte order mark.
  EXPECT_EQ(delivered("\xEF\xBB\xBF{\"users\":[\"ann\"],\"event\":\"e\"}\r\n"), R"(42["e"])");
  // Jackson, BigDecimal and BigInteger of Java: more digits than a double has.
  EXPECT_EQ(delivered_args("[0.1000000000000000055511151231257827,123456789012345678901234567890,1E400,-0]"),
            "42[\"e\",0.1000000000000000055511151231257827,123456789012345678901234567890,1E400,-0]");
  EXPECT_EQ(delivered_args("[\n  {\n    \"a\" : [ ]\n  }\n]"), "42[\"e\",{\n    \"a\" : [ ]\n  }]");
}

TEST_F(api_bodies, keep_everything_else_in_an_argument_with_binary_as_it_was_written) {
  start_with_ann();
  EXPECT_EQ(delivered_args(R"([ { "n" : 12345678901234567890123 , "cut": "\ud83d" , "b" : {"$binary" : "AAE="} } ])"),
            R"(451-["e",{ "n" : 12345678901234567890123 , "cut": "\ud83d" , "b" : {"_placeholder":true,"num":0} }])");
  EXPECT_EQ(ann().receive(), std::string("b\x00\x01", 3));
  EXPECT_EQ(delivered_args(R"([{"\u0024binary":"AA\u0045="}])"), R"(451-["e",{"_placeholder":true,"num":0}])");
  EXPECT_EQ(ann().receive(), std::string("b\x00\x01", 3));
  // Encoders for mail, and Ruby's, break lines.
  EXPECT_EQ(delivered_args(R"([{"$binary":"AA\r\nE=\n"}])"), R"(451-["e",{"_placeholder":true,"num":0}])");
  EXPECT_EQ(ann().receive(), std::string("b\x00\x01", 3));
}

TEST_F(api_bodies, can_send_what_looks_like_the_notation_of_the_api) {
  start_with_ann();
  EXPECT_EQ(delivered_args(R"([{"$literal":{"$binary":"AAE="}}])"), R"(42["e",{"$binary":"AAE="}])");
  EXPECT_EQ(delivered_args(R"([[{"$literal": [{"$literal":1},{"$binary":5,"x":0}] }]])"),
            R"(42["e",[[{"$literal":1},{"$binary":5,"x":0}]]])");
  EXPECT_EQ(delivered_args(R"([{"$literal":7},"$binary",{"$binaries":"x"},{"$":{}}])"),
            R"(42["e",7,"$binary",{"$binaries":"x"},{"$":{}}])");
  EXPECT_THAT(refused_args(R"([{"$literal":1,"x":2}])"),
              ElementsAre(HasSubstr("\"$literal\" must be the only member")));
  EXPECT_THAT(refused_args(R"([{"$binary":"AA==","x":2}])"), ElementsAre(HasSubstr("write {\"$literal\": ...}")));
}

TEST_F(api_bodies, can_send_placeholders_where_no_client_takes_them_for_binary) {
  start_with_ann();
  EXPECT_EQ(delivered_args(R"([{"_placeholder":true,"num":0}])"), R"(42["e",{"_placeholder":true,"num":0}])");
  EXPECT_THAT(refused_args(R"([{"_placeholder":true,"num":0},{"$binary":"AA=="}])"),
              ElementsAre(HasSubstr("beside binary")));
  EXPECT_THAT(refused_args(R"([{"$binary":"AA=="},{"$literal":{"x":{"\u005fplaceholder":true}}}])"),
              ElementsAre(HasSubstr("beside binary")));
}

TEST_F(api_bodies, with_a_name_twice_are_refused_wherever_that_is) {
  start_with_ann();
  const std::pair<const char*, const char*> twice[]{
      {R"({"users":["ann"],"event":"e","users":["bob"]})", "/users"},
      {R"({"users":["ann"],"event":"e","\u0065vent":"f"})", "/event"},
      {R"({"all":true,"event":"e","except":{"users":["x"],"users":["y"]}})", "/except/users"},
      {R"({"all":true,"event":"e","args":[0,{"$binary":"AA==","$binary":"AQ=="}]})", "/args/1/$binary"},
      {R"({"all":true,"event":"e","args":[{"a":{"b":[{"c":1,"c":2}]}}]})", "/args/0/a/b/0/c"},
      {R"({"all":true,"event":"e","args":[{"$literal":{"c":1,"c":2}}]})", "/args/0/$literal/c"},
  };
  for (const auto& [body, pointer] : twice) {
    const auto said = post("/v1/emit", body);
    EXPECT_EQ(said.status, 400U) << body;
    EXPECT_EQ(said.body.at("errors").at(0).at("pointer"), pointer);
    EXPECT_THAT(said.faults().at(0), testing::MatchesRegex(R"(".*" is there twice \(line 1, column [0-9]+\))"));
  }
  const auto batch = call("POST", "/v1/emit", std::string{twice[2].first} + "\n" + twice[3].first,
                          "Content-Type: application/x-ndjson\r\n");
  EXPECT_EQ(batch.body.at("rejected"), 2);
}

TEST_F(api_bodies, that_are_no_json_are_told_the_line_and_the_column) {
  start_with_ann();
  const auto said = post("/v1/emit", "{\n  \"users\": [\"ann\"],\n  \"event\": \"€\" \"args\": []\n}");
  EXPECT_EQ(said.status, 400U);
  EXPECT_EQ(said.body.at("code"), "invalid_json");
  EXPECT_EQ(said.body.at("line"), 3);
  EXPECT_EQ(said.body.at("column"), 16);
  EXPECT_EQ(said.body.at("detail"), "the body is not JSON: a comma or `}` is missing here (line 3, column 16)");
  EXPECT_FALSE(post("/v1/emit", "{}").body.as_object().contains("line"));
  const auto batch = call("POST", "/v1/emit", "\n{\"all\":true,}\n", "Content-Type: application/x-ndjson\r\n");
  EXPECT_EQ(batch.body.at("errors").at(0).at("line"), 2);
  EXPECT_THAT(std::string{batch.body.at("errors").at(0).at("detail").as_string()}, HasSubstr("column 12)"));
}

TEST_F(api_bodies, come_in_any_type_that_is_json_and_in_utf_8_only) {
  start_with_ann();
  const std::string body = R"({"users":["ann"],"event":"e"})";
  for (const auto* type : {"application/json", "Application/JSON;charset=UTF-8", "application/json; charset=\"utf-8\"",
                           "application/json ; v=1; charset=us-ascii", "text/json", "application/vnd.api+json"})
    EXPECT_EQ(delivered(body, type), R"(42["e"])") << type;
  for (const auto* type : {"application/x-ndjson; charset=utf-8", "application/ndjson", "application/jsonl"})
    EXPECT_EQ(delivered(body + "\r\n", type), R"(42["e"])") << type;
  for (const auto* headers :
       {"Content-Type: application/json; charset=utf-16\r\n",
        "Content-Type: application/json;charset=\"ISO-8859-1\"\r\n",
        "Content-Type: application/x-ndjson; charset=latin1\r\n",
        "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
        "Content-Type: application/x-ndjson\r\nContent-Encoding: br\r\n", "Content-Type: text/plain\r\n",
        "Content-Type: application/x-www-form-urlencoded\r\n", "Content-Type: multipart/form-data; boundary=a\r\n"}) {
    const auto said = call("POST", "/v1/emit", body, headers);
    EXPECT_EQ(said.status, 415U) << headers;
    EXPECT_EQ(said.body.at("code"), "unsupported_media_type");
  }
  std::string wide;
  for (const char c : body) wide.append(1, c).append(1, '\0');
  EXPECT_EQ(post("/v1/emit", wide).status, 415U);
  EXPECT_EQ(post("/v1/emit", "\xFF\xFE" + wide).status, 415U);
  EXPECT_EQ(post("/v1/emit", std::string(1, '\0') + wide).status, 415U);
  EXPECT_EQ(call("POST", "/v1/emit", body, "Content-Type: application/json\r\nContent-Encoding: gzip\r\n")
                .raw.header("accept-encoding"),
            "identity");
}

TEST_F(api_bodies, take_whole_numbers_for_ids) {
  start();
  auto someone = connect("42");
  EXPECT_EQ(post("/v1/emit", R"({"users":[42,-7,123456789012345678901234567890],"event":"e"})").status, 200U);
  EXPECT_EQ(someone.receive(), R"(42["e"])");
  EXPECT_EQ(post("/v1/join", R"({"users":[42],"join":[17]})").status, 200U);
  EXPECT_EQ(post("/v1/emit", R"({"rooms":[17],"except":{"users":[43]},"event":"f"})").status, 200U);
  EXPECT_EQ(someone.receive(), R"(42["f"])");
  for (const auto* other : {"42.0", "4.2e1", "-0", "1E3"})
    EXPECT_THAT(post("/v1/emit", R"({"users":[)" + std::string{other} + R"(],"event":"e"})").faults(),
                ElementsAre("`users` has the number " + std::string{other} +
                            ": an id is a whole number in digits only, or a text"));
  EXPECT_THAT(post("/v1/emit", R"({"sockets":[1],"event":"e"})").faults(),
              ElementsAre("`sockets` must be a list of texts that are not empty"));
}

TEST_F(api_bodies, refuse_names_that_no_client_can_have) {
  start();
  EXPECT_THAT(post("/v1/emit", R"({"users":["a\ud83d"],"event":"e"})").faults(),
              ElementsAre("`users` has half of a surrogate pair, which no name can"));
  EXPECT_THAT(post("/v1/emit", R"({"all":true,"event":"a\ud83d"})").faults(),
              ElementsAre("`event` has half of a surrogate pair, which no name can"));
}

TEST_F(api_bodies, with_the_words_of_other_products_are_answered_with_ours) {
  start();
  const std::pair<const char*, const char*> words[]{
      {"data", "args"},      {"payload", "args"},  {"volatile", "lossy"}, {"name", "event"},  {"channel", "rooms"},
      {"channels", "rooms"}, {"user", "users"},    {"user_id", "users"},  {"topic", "rooms"}, {"broadcast", "all"},
      {"exclude", "except"}, {"nsp", "namespace"}, {"socket", "sockets"}, {"Users", "users"}};
  for (const auto& [theirs, ours] : words)
    EXPECT_THAT(post("/v1/emit", std::string{R"({"all":true,"event":"e",")"} + theirs + "\":1}").faults(),
                ElementsAre("unknown member \"" + std::string{theirs} + "\", did you mean `" + ours + "`?"));
  EXPECT_THAT(post("/v1/disconnect", R"({"all":true,"event":"bye"})").faults(), ElementsAre(HasSubstr("`notify`")));
  EXPECT_THAT(post("/v1/join", R"({"all":true,"subscribe":["x"],"join":["y"]})").faults(),
              ElementsAre(HasSubstr("`join`")));
  EXPECT_THAT(post("/v1/emit-with-ack", R"({"all":true,"event":"e","timeout":1})").faults(),
              ElementsAre(HasSubstr("`timeout_ms`")));
}

TEST_F(api_bodies, give_a_reason_on_as_it_was_written) {
  start_with_ann();
  EXPECT_EQ(post("/v1/disconnect", R"({"users":["ann"],"reason":"cut \ud83d","notify":"bye"})").status, 200U);
  EXPECT_EQ(ann().receive(), R"(42["bye",{"reason":"cut \ud83d"}])");
  EXPECT_THAT(logged(), testing::Contains(HasSubstr("reason=cut \xef\xbf\xbd")));
}

}  // namespace
}  // namespace encke::gateway::test
