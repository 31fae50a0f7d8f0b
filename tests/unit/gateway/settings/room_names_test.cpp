// SPDX-License-Identifier: MIT
// Whose a name of a room is.
#include "gateway/settings/room_names.hpp"

#include <gtest/gtest.h>

namespace encke::gateway {
namespace {

TEST(room_names, are_a_users_if_the_template_makes_them) {
  EXPECT_EQ(user_room("user:{id}", "ann"), "user:ann");
  EXPECT_EQ(user_room("<{id}>", "{id}"), "<{id}>");
  for (const auto* room : {"user:ann", "user:user:", "user: "}) EXPECT_TRUE(is_user_room("user:{id}", room)) << room;
  for (const auto* room : {"", "user", "user:", "User:ann", "a user:ann"})
    EXPECT_FALSE(is_user_room("user:{id}", room)) << room;
  EXPECT_TRUE(is_user_room("<{id}>", "<a>"));
  EXPECT_FALSE(is_user_room("<{id}>", "<>"));
}

TEST(room_names, may_look_like_those_of_sockets) {
  for (const auto* room : {"aaaaaaaaaaBBBBBBBB-_", "/chat#aaaaaaaaaaBBBBBBBB09"})
    EXPECT_TRUE(has_form_of_socket_id(room)) << room;
  for (const auto* room : {"", "aaaaaaaaaaBBBBBBBB-", "aaaaaaaaaaBBBBBBBB-_a",
                           "aaaaaaaaaaBBBBBBBB.:", "chat#aaaaaaaaaaBBBBBBBB09", "/chat:aaaaaaaaaaBBBBBBBB09"})
    EXPECT_FALSE(has_form_of_socket_id(room)) << room;
}

TEST(room_names, of_users_and_the_house_are_not_for_the_backend) {
  const room_settings rooms{.user = "user:{id}", .house = "all"};
  EXPECT_EQ(why_not_yours(rooms, "all"), "is the room that everybody is in");
  EXPECT_EQ(why_not_yours(rooms, "user:ann"), "is the room of a user, whom the token names");
  EXPECT_EQ(why_not_yours(rooms, "house"), "");
  EXPECT_EQ(why_not_yours(rooms, "match:7"), "");
}

}  // namespace
}  // namespace encke::gateway
