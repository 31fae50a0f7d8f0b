// SPDX-License-Identifier: MIT
// Ways out for clients that send what Socket.IO forbids: each misdeed closes the whole connection.
#include "exits/exit_support.hpp"

namespace encke::test {
namespace {

// --------------------------------------------------------------------------------------------------

struct misdeed {
  std::string_view name, packet;
  reason why;
};
constexpr std::array every_misdeed{
    misdeed{"event_for_a_namespace_not_joined", R"(42/nope,["a"])", reason::forced_server_close},
    misdeed{"ack_for_a_namespace_not_joined", "43/nope,1[]", reason::forced_server_close},
    misdeed{"disconnect_from_a_namespace_not_joined", "41/nope,", reason::forced_server_close},
    misdeed{"connect_twice", "40", reason::forced_server_close},
    misdeed{"connect_error_from_a_client", R"(44{"message":"x"})", reason::forced_server_close},
    misdeed{"unknown_type", "47", reason::forced_close},
    misdeed{"missing_type", "4", reason::forced_close},
    misdeed{"no_json", "42abc", reason::forced_close},
    misdeed{"no_array", "42{}", reason::forced_close},
    misdeed{"reserved_event", R"(42["connect"])", reason::forced_close},
    misdeed{"too_many_attachments", R"(4511-["a"])", reason::forced_close},
    misdeed{"binary_out_of_the_blue", "bxyz", reason::forced_close},
    misdeed{"auth_that_is_no_object", "40/other,null", reason::forced_close},
};

class misdeed_exit : public testing::TestWithParam<std::tuple<std::size_t, carrier>> {};

TEST_P(misdeed_exit, closes_the_connection) {
  const auto [index, by] = GetParam();
  exit_fixture at;
  at.server.io().of("/other");
  at.serve();
  auto one = at.client({.by = by});
  one.join();
  one.send(every_misdeed[index].packet);
  while (one.receive() != "ended") {
  }
  EXPECT_TRUE(at.server.reaches(every_misdeed[index].why, 1));
  EXPECT_EQ(at.server.count(counter::packets_invalid), 1U);
}

INSTANTIATE_TEST_SUITE_P(each, misdeed_exit,
                         testing::Combine(testing::Range<std::size_t>(0, every_misdeed.size()),
                                          testing::Values(carrier::polling, carrier::websocket)),
                         [](const auto& of) {
                           return std::string{every_misdeed[std::get<0>(of.param)].name} +
                                  (std::get<1>(of.param) == carrier::polling ? "_polling" : "_websocket");
                         });

}  // namespace
}  // namespace encke::test
