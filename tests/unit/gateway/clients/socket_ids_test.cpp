// SPDX-License-Identifier: MIT
// Ids as they are shown, and back.
#include "gateway/clients/socket_ids.hpp"

#include <gmock/gmock.h>

namespace encke::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string session = "abcdefghijklmnopqrAB";        // its last byte is 1, the number of a worker
const std::string of_no_session = "abcdefghijklmnopqr3_";  // its last byte is 255

TEST(socket_ids, of_new_clients_are_shown_as_they_are) {
  for (const auto& id : {of_no_session, std::string{}, std::string{"x"}, std::string{"a room: of any name"}}) {
    EXPECT_EQ(shown_id(id), id);
    EXPECT_EQ(id_of_shown(id, "/"), id);
  }
}

TEST(socket_ids, of_old_clients_are_hidden_and_found_again) {
  const auto shown = shown_id(session);
  EXPECT_THAT(shown, StartsWith("old:"));
  EXPECT_EQ(shown.size(), 26u);
  EXPECT_EQ(shown_id(session), shown);
  EXPECT_THAT(shown, Not(HasSubstr(session.substr(0, 6))));
  EXPECT_EQ(id_of_shown(shown, "/"), session);
  EXPECT_EQ(shown_id("/chat#" + session), shown);
  EXPECT_EQ(id_of_shown(shown, "/chat"), "/chat#" + session);
}

TEST(socket_ids, that_were_not_shown_stay_what_they_are) {
  const auto shown = shown_id(session);
  EXPECT_EQ(id_of_shown(session, "/"), session);
  EXPECT_EQ(id_of_shown("old:", "/"), "old:");
  EXPECT_EQ(id_of_shown(shown + "A", "/"), shown + "A");
  EXPECT_EQ(id_of_shown(shown.substr(0, 25), "/"), shown.substr(0, 25));
  const auto made_up = "old:" + std::string(22, 'A');
  EXPECT_NE(id_of_shown(made_up, "/").size(), 0u);
}

}  // namespace
}  // namespace encke::gateway
