// SPDX-License-Identifier: MIT
// Commands read from text alone: no request, no connection, and a server that does not run.
#include "gateway/commands/reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace encke::gateway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class commands : public testing::Test {
 protected:
  server io_;
  room_of_user room_ = [](std::string_view user) { return "user:" + std::string{user}; };
  std::function<std::string(std::string_view)> why_not_ = [](std::string_view room) {
    return room == "house" ? std::string{"is everybody's"} : std::string{};
  };
  command_scope scope_{io_, room_, why_not_, 2, std::chrono::milliseconds{30'000}};
  command_reader reader_{scope_, "line"};
};

TEST_F(commands, to_send_have_an_event_its_arguments_and_whom_they_are_for) {
  const auto [command, refused] = reader_.emit(
      R"({"users":["ann",7],"rooms":["lobby"],"except":{"users":["bob"]},"event":"say","args":[1.0,"x"],"lossy":true})");
  ASSERT_FALSE(refused);
  EXPECT_THAT(command.who.rooms, ElementsAre("user:ann", "user:7", "lobby"));
  EXPECT_THAT(command.who.except, ElementsAre("user:bob"));
  EXPECT_EQ(command.who.nsp, "/");
  EXPECT_EQ(command.event, "say");
  EXPECT_EQ(command.args.text(), R"(1.0,"x")");
  EXPECT_TRUE(command.lossy);
}

TEST_F(commands, to_ask_wait_as_long_as_allowed_and_no_longer_than_usual) {
  EXPECT_EQ(reader_.ask(R"({"all":true,"event":"e","timeout_ms":30000})").command.timeout.count(), 30'000);
  EXPECT_EQ(reader_.ask(R"({"all":true,"event":"e"})").command.timeout.count(), 5000);
  EXPECT_THAT(reader_.ask(R"({"all":true,"event":"e","timeout_ms":30001})").refused->detail, HasSubstr("30000"));
}

TEST_F(commands, to_move_name_rooms_that_are_the_backends) {
  EXPECT_TRUE(reader_.join(R"({"all":true,"join":["a"]})").command.in);
  EXPECT_FALSE(reader_.leave(R"({"all":true,"leave":["a"]})").command.in);
  EXPECT_THAT(reader_.leave(R"({"all":true,"join":["a"]})").command.rooms, ElementsAre("a"));
  EXPECT_THAT(reader_.join(R"({"all":true,"join":["house"]})").refused->detail, HasSubstr("is everybody's"));
}

TEST_F(commands, to_send_away_keep_the_reason_as_it_was_written) {
  const auto [command, refused] = reader_.disconnect(R"({"all":true,"reason":"\u0041","notify":"bye","close":false})");
  ASSERT_FALSE(refused);
  EXPECT_EQ(command.reason, "A");
  EXPECT_EQ(command.written_reason, R"("\u0041")");
  EXPECT_EQ(command.notify, "bye");
  EXPECT_FALSE(command.close);
}

TEST_F(commands, are_refused_with_all_that_is_wrong_and_the_next_is_read) {
  const auto wrong = reader_.emit(R"({"event":"connect","evnt":1})").refused;
  ASSERT_TRUE(wrong);
  EXPECT_EQ(wrong->code, "invalid_request");
  EXPECT_EQ(wrong->errors.size(), 3U);
  const auto broken = reader_.emit("{\n \"all\" true}").refused;
  ASSERT_TRUE(broken);
  EXPECT_EQ(broken->code, "invalid_json");
  EXPECT_EQ(broken->position, std::pair(std::size_t{2}, std::size_t{8}));
  EXPECT_EQ(broken->detail, "the line is not JSON: a colon is missing here (line 2, column 8)");
  EXPECT_FALSE(reader_.emit(R"({"all":true,"event":"e"})").refused);
}

}  // namespace
}  // namespace encke::gateway
