// SPDX-License-Identifier: MIT
// Batches of events: NDJSON at /v1/emit. Each line on its own, in order, and what is said of those that are rejected.
#include "unit/gateway/api_support.hpp"

namespace encke::gateway::test {
namespace {

using testing::HasSubstr;

class api_batch : public api_test {
 protected:
  reply batch(std::string_view lines, std::string_view type = "application/x-ndjson") {
    return call("POST", "/v1/emit", lines, "Content-Type: " + std::string{type} + "\r\n");
  }
};

// A line that emits event `n` to everybody.
std::string event(int n) {
  return R"({"all":true,"event":"n","args":[)" + std::to_string(n) + "]}";
}

TEST_F(api_batch, hands_out_each_line_in_order) {
  start();
  auto ann = connect("ann"), bob = connect("bob");
  const auto said = batch(event(1) + "\n" + R"({"users":["ann"],"event":"n","args":[2,{"$binary":"AAE="}]})" + "\n" +
                          R"({"users":["bob"],"event":"n","args":[3]})" + "\n" + event(4));
  EXPECT_EQ(said.status, 200U);
  EXPECT_EQ(said.raw.header("content-type"), "application/json");
  EXPECT_EQ(said.raw.body, R"({"accepted":4,"rejected":0,"sockets":6,"errors":[]})");
  EXPECT_EQ(ann.receive(), R"(42["n",1])");
  EXPECT_EQ(ann.receive(), R"(451-["n",2,{"_placeholder":true,"num":0}])");
  EXPECT_EQ(ann.receive(), std::string("b\x00\x01", 3));
  EXPECT_EQ(ann.receive(), R"(42["n",4])");
  for (const auto* packet : {R"(42["n",1])", R"(42["n",3])", R"(42["n",4])"}) EXPECT_EQ(bob.receive(), packet);
}

TEST_F(api_batch, takes_many_lines_that_are_long) {
  start();
  const auto line = R"({"all":true,"event":"n","args":[")" + std::string(5000, 'x') + "\"]}\n";
  std::string lines;
  for (int i = 0; i < 150; ++i) lines += line;
  EXPECT_EQ(batch(lines).raw.body, R"({"accepted":150,"rejected":0,"sockets":0,"errors":[]})");
}

TEST_F(api_batch, skips_blank_lines_takes_either_end_and_counts_all) {
  start();
  const auto said = batch("\n" + event(1) + "\r\n \t\r\n\n[]\r\n" + event(2) + "\n\n\n");
  EXPECT_EQ(said.body, boost::json::parse(R"({"accepted":2,"rejected":1,"sockets":0,"errors":[
      {"line":5,"code":"invalid_request","detail":"the line must be a JSON object"}]})"));
  for (const auto* nothing : {"", "\n", " \r\n\n"})
    EXPECT_EQ(batch(nothing).raw.body, R"({"accepted":0,"rejected":0,"sockets":0,"errors":[]})");
}

TEST_F(api_batch, rejects_a_line_for_what_a_single_event_is_refused_and_goes_on) {
  start();
  auto ann = connect("ann");
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"{\"all\":true,", "the line is not JSON: "},
      {R"({"all":true,"event":"n"} {})", "the line is not JSON: "},
      {"{\"all\":true,\"event\":\"\xff\"}", "the line is not JSON: "},
      {R"({"event":"n"})", "nobody is named"},
      {R"({"all":true,"event":"connect"})", "clients reserve"},
      {R"({"all":true,"event":"n","evnt":1})", "did you mean `event`?"},
      {R"({"all":true,"event":"n","event":"m"})", "\"event\" is there twice"},
      {R"({"all":true,"event":"n","args":[{"$binary":"*"}]})", "must be base64"},
      {R"({"all":true,"event":"n","namespace":"/none"})", "no such namespace"},
      {R"({"all":true,"event":"n","timeout_ms":100})", "unknown member \"timeout_ms\""},
  };
  std::string lines = event(0) + "\n";
  for (const auto& [line, why] : wrong) lines += line + "\n";
  const auto said = batch(lines + event(1));
  EXPECT_EQ(said.status, 200U);
  EXPECT_EQ(said.body.at("accepted"), 2);
  EXPECT_EQ(said.body.at("rejected"), wrong.size());
  const auto& errors = said.body.at("errors").as_array();
  ASSERT_EQ(errors.size(), wrong.size());
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    EXPECT_EQ(errors[i].at("line"), i + 2);
    EXPECT_EQ(errors[i].at("code"), i < 3 ? "invalid_json" : "invalid_request");
    EXPECT_THAT(std::string{errors[i].at("detail").as_string()}, HasSubstr(wrong[i].second));
  }
  EXPECT_EQ(ann.receive(), R"(42["n",0])");
  EXPECT_EQ(ann.receive(), R"(42["n",1])");
}

TEST_F(api_batch, tells_of_the_first_hundred_and_shortly_whatever_is_wrong) {
  start();
  std::string line = "{";
  for (int i = 0; i < 60; ++i) line += "\"none of ours " + std::to_string(i) + "\":1,";
  line.back() = '}';
  std::string lines;
  for (int i = 0; i < 150; ++i) lines += line + "\n";
  const auto said = batch(lines + event(1));
  EXPECT_EQ(said.body.at("accepted"), 1);
  EXPECT_EQ(said.body.at("rejected"), 150);
  EXPECT_EQ(said.body.at("errors").as_array().size(), 100U);
  EXPECT_EQ(said.body.at("errors").at(99).at("line"), 100);
  const std::string detail{said.body.at("errors").at(0).at("detail").as_string()};
  EXPECT_LT(detail.size(), 600U);
  EXPECT_THAT(detail, testing::EndsWith("; ..."));
}

TEST_F(api_batch, refuses_too_many_lines_and_too_many_bytes_whole) {
  api_options options;
  options.max_body = 100'000;
  start(options);
  auto ann = connect("ann");
  std::string most;
  for (int i = 0; i < 10'000; ++i) most += "{}\n\n";
  EXPECT_EQ(batch(most).body.at("rejected"), 10'000);
  const auto said = batch(event(1) + "\n" + most);
  EXPECT_EQ(said.status, 400U);
  EXPECT_EQ(said.body.at("code"), "invalid_request");
  EXPECT_EQ(said.faults(), std::vector<std::string>{"the body has more than 10000 lines"});
  EXPECT_EQ(batch(std::string(100'001, ' ')).status, 413U);
  EXPECT_EQ(batch(event(2)).status, 200U);
  EXPECT_EQ(ann.receive(), R"(42["n",2])");
}

TEST_F(api_batch, is_known_by_its_type_and_for_events_only) {
  start();
  EXPECT_EQ(batch(event(1), "Application/X-NDJSON; charset=utf-8").body.at("accepted"), 1);
  EXPECT_EQ(batch(event(1) + "\n" + event(2), "application/json").body.at("code"), "invalid_json");
  EXPECT_EQ(batch(event(1), "application/x-ndjson2").status, 415U);
  for (const auto* path : {"/v1/emit-with-ack", "/v1/join", "/v1/leave", "/v1/disconnect"})
    EXPECT_EQ(call("POST", path, event(1), "Content-Type: application/x-ndjson\r\n").status, 415U) << path;
}

TEST_F(api_batch, wants_a_key_like_every_call) {
  api_options options;
  options.keys = std::make_shared<key_ring>(std::vector<api_key>{{.name = "backend", .hash = {}}});
  start(options);
  EXPECT_EQ(batch(event(1)).status, 401U);
}

}  // namespace
}  // namespace encke::gateway::test
