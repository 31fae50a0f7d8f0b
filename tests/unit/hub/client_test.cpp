// SPDX-License-Identifier: MIT
// What a client may say and when, in both dialects (Socket.IO protocol v5 and v4).
#include <gtest/gtest.h>

#include "support/hub_fixture.hpp"

namespace encke {
namespace {

using socketio::dialect;
using test::hub_fixture;
using lines = std::vector<std::string>;

// A server with "/", "/chat" and "/closed", which refuses.
class client_test : public testing::Test {
 protected:
  client_test() {
    for (const auto* name : {"/", "/chat"}) {
      auto& nsp = hub_.of(name);
      nsp.on("echo", [](socket s, arguments args) { s.emit("echo", args); });
      nsp.on("ack", [](socket, arguments args) { return args; });
      nsp.on("silent", [](socket) {});
      nsp.on_connect([this](const socket& s) { seen_.push_back("connect " + std::string{s.nsp()}); });
      nsp.on_disconnect([this](const socket& s, reason why) {
        seen_.push_back("disconnect " + std::string{s.nsp()} + ": " + std::string{to_string(why)});
      });
    }
    hub_.of("/closed").use([](socket) { return refuse("not for you", {{"code", 1}}); });
    hub_.open();
  }
  void TearDown() override { EXPECT_EQ(ledger::snapshot().bytes(), before_); }

  std::int64_t before_ = ledger::snapshot().bytes();
  hub_fixture hub_;
  lines seen_;
};

class v5 : public client_test {};
class v4 : public client_test {};

TEST_F(v5, joins_nothing_by_itself) {
  auto one = hub_.connect();
  EXPECT_EQ(one->link.take(), lines{});
  EXPECT_FALSE(one->link.joined);
}

TEST_F(v5, is_told_its_id_when_it_joins) {
  auto one = hub_.connect();
  const auto answer = one->joins();
  EXPECT_EQ(answer.substr(0, 10), "40{\"sid\":\"");
  EXPECT_EQ(answer.size(), std::string{"40{\"sid\":\"12345678901234567890\"}"}.size());
  EXPECT_TRUE(one->link.joined);
}

TEST_F(v5, gets_an_id_of_its_own_in_each_namespace) {
  auto one = hub_.connect();
  EXPECT_NE(one->joins().substr(2), one->joins("/chat").substr(8));
}

TEST_F(v5, is_told_that_a_namespace_does_not_exist_and_stays) {
  auto one = hub_.connect();
  EXPECT_EQ(one->joins("/nope"), R"(44/nope,{"message":"Invalid namespace"})");
  EXPECT_EQ(one->joins("/chat?a=b"), R"(44/chat?a=b,{"message":"Invalid namespace"})");
  EXPECT_FALSE(one->link.closed);
}

TEST_F(v5, is_told_why_a_middleware_refused_and_may_try_again) {
  auto one = hub_.connect();
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(one->joins("/closed"), R"(44/closed,{"message":"not for you","data":{"code":1}})");
  EXPECT_FALSE(one->link.joined);
  EXPECT_FALSE(one->has_sockets());
  EXPECT_EQ(hub_.count(counter::sockets_refused), 2U);
}

TEST_F(v5, gets_events_and_acks) {
  auto one = hub_.connect();
  one->joins("/chat");
  one->says(R"(2/chat,["echo",1,{"a":"€"}])");
  one->says(R"(2/chat,7["ack","x"])");
  one->says(R"(2/chat,8["silent"])");
  EXPECT_EQ(one->link.take(), (lines{R"(42/chat,["echo",1,{"a":"€"}])", R"(43/chat,7["x"])"}));
}

TEST_F(v5, gets_attachments_back_behind_their_packet) {
  auto one = hub_.connect();
  one->joins();
  one->says(R"(51-3["ack",{"_placeholder":true,"num":0}])");
  one->says_binary("data");
  EXPECT_EQ(one->link.take(), (lines{R"(461-3[{"_placeholder":true,"num":0}])", "bdata"}));
}

TEST_F(v5, leaves_one_namespace_and_stays_in_the_other) {
  auto one = hub_.connect();
  one->joins();
  one->joins("/chat");
  one->says("1/chat,");
  EXPECT_EQ(seen_.back(), "disconnect /chat: client namespace disconnect");
  one->says(R"(2["echo"])");
  EXPECT_EQ(one->link.take(), lines{R"(42["echo"])"});
  EXPECT_FALSE(one->link.closed);
}

TEST_F(v5, may_join_again_after_leaving) {
  auto one = hub_.connect();
  const auto first = one->joins();
  one->says("1");
  EXPECT_NE(one->joins(), first);
}

TEST_F(v5, may_join_only_so_many_namespaces) {
  hub::settings narrow;
  narrow.max_namespaces = 1;
  hub_fixture hub{narrow};
  hub.core().of("/chat");
  hub.open();
  auto one = hub.connect();
  one->joins();
  EXPECT_EQ(one->joins("/chat"), R"(44/chat,{"message":"Too many namespaces"})");
}

// Everything that ends the connection; nothing is sent.
struct misdeed {
  const char* name;
  std::vector<std::string> says;
  reason why;
};

class misdeeds : public client_test, public testing::WithParamInterface<misdeed> {};

TEST_P(misdeeds, end_the_connection) {
  auto one = hub_.connect();
  one->link.take();
  for (const auto& text : GetParam().says) one->says(text);
  EXPECT_EQ(one->link.closed, GetParam().why);
  EXPECT_TRUE(one->has_ended());
  EXPECT_EQ(hub_.count(counter::packets_invalid), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    v5, misdeeds,
    testing::Values(misdeed{"event_before_connect", {R"(2["echo"])"}, reason::forced_server_close},
                    misdeed{"ack_before_connect", {"30[]"}, reason::forced_server_close},
                    misdeed{"disconnect_before_connect", {"1"}, reason::forced_server_close},
                    misdeed{"event_after_leaving", {"0", "1", R"(2["echo"])"}, reason::forced_server_close},
                    misdeed{"second_connect", {"0", "0"}, reason::forced_server_close},
                    misdeed{"connect_error_from_a_client", {"0", R"(4{"message":"x"})"}, reason::forced_server_close},
                    misdeed{"auth_that_is_no_object", {"0[]"}, reason::forced_close},
                    misdeed{"unknown_type", {"7"}, reason::forced_close},
                    misdeed{"no_type", {""}, reason::forced_close},
                    misdeed{"bad_json", {"0", R"(2["echo")"}, reason::forced_close},
                    misdeed{"event_without_array", {"0", "2{}"}, reason::forced_close},
                    misdeed{"reserved_event", {"0", R"(2["connect"])"}, reason::forced_close},
                    misdeed{"too_many_attachments", {"0", R"(511-["echo"])"}, reason::forced_close},
                    misdeed{"text_instead_of_an_attachment",
                            {"0", R"(51-["echo",{"_placeholder":true,"num":0}])", "1"},
                            reason::forced_close}),
    [](const auto& row) { return std::string{row.param.name}; });

TEST_F(v5, may_not_send_binary_out_of_the_blue) {
  auto one = hub_.connect();
  one->joins();
  one->says_binary("x");
  EXPECT_EQ(one->link.closed, reason::forced_close);
}

TEST_F(v5, is_ignored_after_the_end) {
  auto one = hub_.connect();
  one->joins();
  one->end(reason::ping_timeout);
  EXPECT_EQ(seen_.back(), "disconnect /: ping timeout");
  one->link.take();
  one->says(R"(2["echo"])");
  EXPECT_EQ(one->link.take(), lines{});
}

TEST_F(v5, ignores_acks_that_nobody_asked_for) {
  auto one = hub_.connect();
  one->joins();
  one->says("3999[1]");
  one->says("3[1]");
  EXPECT_FALSE(one->link.closed);
}

TEST_F(v4, is_connected_to_the_root_without_asking) {
  auto one = hub_.connect(dialect::v4);
  EXPECT_EQ(one->link.take(), lines{"40"});
  EXPECT_EQ(seen_, lines{"connect /"});
}

TEST_F(v4, joins_a_namespace_by_its_name_without_the_query) {
  auto one = hub_.connect(dialect::v4);
  EXPECT_EQ(one->joins("/chat?token=1"), "40/chat,");
}

TEST_F(v4, is_told_a_refusal_as_its_data_and_an_unknown_namespace_as_a_string) {
  auto one = hub_.connect(dialect::v4);
  EXPECT_EQ(one->joins("/closed"), R"(44/closed,{"code":1})");
  EXPECT_EQ(one->joins("/nope"), R"(44/nope,"Invalid namespace")");
}

TEST_F(v4, is_forgiven_what_closes_a_newer_client) {
  auto one = hub_.connect(dialect::v4);
  one->link.take();
  for (const auto* text : {"0", "0/chat", "0/chat", R"(2/nowhere,["echo"])", "3/nowhere,1[]", "1/nowhere", "9"})
    one->says(text);
  EXPECT_EQ(one->link.take(), lines{"40/chat,"});
  EXPECT_FALSE(one->link.closed);
}

}  // namespace
}  // namespace encke
