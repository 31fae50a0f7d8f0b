// SPDX-License-Identifier: MIT
#include <net/routes.hpp>

#include <gtest/gtest.h>

#include <stdexcept>

namespace encke::net {
namespace {

class routes_test : public testing::Test {
 protected:
  void add(std::string_view method, std::string_view pattern, bool internal = false) {
    table.add(method, pattern, make_http_handler([](const http_request&) { return http_response{}; }),
              {.internal = internal});
  }
  // "pattern-number k=v k=v", or what else there is.
  std::string find(std::string_view method, std::string_view path, bool internal = false) {
    const auto match = table.find(method, path, internal);
    if (!match.found) return match.allow.empty() ? "none" : "allow " + match.allow;
    std::string text{match.found->method};
    for (const auto& [name, value] : match.params) text += " " + name + "=" + value;
    return text;
  }
  routes table;
};

TEST_F(routes_test, match_segment_by_segment) {
  add("GET", "/users/{id}/rooms/{room}");
  EXPECT_EQ(find("GET", "/users/7/rooms/a"), "GET id=7 room=a");
  EXPECT_EQ(find("GET", "/users/7/rooms"), "none");
  EXPECT_EQ(find("GET", "/users/7/rooms/a/b"), "none");
  EXPECT_EQ(find("GET", "users/7/rooms/a"), "none");
  EXPECT_EQ(find("GET", "*"), "none");
  EXPECT_EQ(find("GET", ""), "none");
}
TEST_F(routes_test, decode_what_a_parameter_matched) {
  add("GET", "/users/{id}");
  EXPECT_EQ(find("GET", "/users/a%20b%2Fc"), "GET id=a b/c");
  EXPECT_EQ(find("GET", "/users/"), "none");
}
TEST_F(routes_test, take_the_rest_undecoded) {
  add("GET", "/files/{path*}");
  EXPECT_EQ(find("GET", "/files/a/b%2e/c"), "GET path=a/b%2e/c");
  EXPECT_EQ(find("GET", "/files/"), "GET path=");
  EXPECT_EQ(find("GET", "/files"), "none");
}
TEST_F(routes_test, name_the_methods_of_a_path) {
  add("GET", "/x");
  add("POST", "/x");
  EXPECT_EQ(find("PUT", "/x"), "allow GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(find("HEAD", "/x"), "GET");
  EXPECT_EQ(find("HEAD", "/y"), "none");
}
TEST_F(routes_test, are_found_by_paths_with_spare_slashes) {
  add("GET", "/users");
  add("GET", "/users/{id}");
  add("GET", "/app/");
  add("GET", "/files/{path*}");
  for (const auto* path : {"/users/", "//users", "/users//", "//users//"}) EXPECT_EQ(find("GET", path), "GET") << path;
  for (const auto* path : {"/users/7/", "//users//7"}) EXPECT_EQ(find("GET", path), "GET id=7") << path;
  for (const auto* path : {"/app", "//app//"}) EXPECT_EQ(find("GET", path), "GET") << path;
  EXPECT_EQ(find("PUT", "/users/"), "allow GET, HEAD, OPTIONS");
  EXPECT_EQ(find("GET", "/files/a//b/"), "GET path=a//b/");  // what is behind the pattern is not ours to change
  EXPECT_EQ(find("GET", "//files/a"), "GET path=a");
  EXPECT_EQ(find("GET", "/usersx/"), "none");
  EXPECT_EQ(find("GET", "//"), "none");
}
TEST_F(routes_test, are_seen_on_their_kind_of_listener_only) {
  add("GET", "/secret", true);
  add("GET", "/open");
  EXPECT_EQ(find("GET", "/secret"), "none");
  EXPECT_EQ(find("GET", "/secret", true), "GET");
  EXPECT_EQ(find("GET", "/open", true), "none");
}
TEST_F(routes_test, come_in_the_order_they_were_added) {
  add("GET", "/users/me");
  add("POST", "/users/{id}");
  add("GET", "/{any}/{thing}");
  EXPECT_EQ(find("GET", "/users/me"), "GET");
  EXPECT_EQ(find("GET", "/users/you"), "GET any=users thing=you");
}
TEST_F(routes_test, refuse_a_pattern_without_its_slash) {
  EXPECT_THROW(add("GET", "users"), std::invalid_argument);
  EXPECT_THROW(add("GET", ""), std::invalid_argument);
}

}  // namespace
}  // namespace encke::net
