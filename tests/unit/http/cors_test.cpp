// SPDX-License-Identifier: MIT
#include "http/cors.hpp"

#include "http/file.hpp"

#include <gtest/gtest.h>

namespace encke::http {
namespace {

using mode = cors_policy::mode;

request from(const char* origin, const char* method = "GET") {
  request r{.method = method, .target = "/", .headers = {}, .body = {}};
  if (*origin != '\0') r.headers.push_back({"Origin", origin});
  return r;
}

cors_policy policy_of(mode origin, std::vector<std::string> origins = {}) {
  cors_policy policy;
  policy.origin = origin;
  policy.origins = std::move(origins);
  return policy;
}

header_list added(const cors_policy& policy, const request& r) {
  header_list out;
  add_cors(policy, r, out);
  return out;
}

TEST(cors, says_nothing_when_off) {
  EXPECT_EQ(added(policy_of(mode::off), from("http://a")), header_list{});
  EXPECT_FALSE(is_preflight(policy_of(mode::off), from("http://a", "OPTIONS")));
}

TEST(cors, lets_anybody_in) {
  EXPECT_EQ(added(policy_of(mode::any), from("")), (header_list{{"Access-Control-Allow-Origin", "*"}}));
}

TEST(cors, names_a_fixed_origin_whoever_asks) {
  const header_list expected{{"Access-Control-Allow-Origin", "http://a"}, {"Vary", "Origin"}};
  EXPECT_EQ(added(policy_of(mode::fixed, {"http://a"}), from("http://b")), expected);
  EXPECT_EQ(added(policy_of(mode::fixed, {"http://a"}), from("")), expected);
}

TEST(cors, names_a_listed_origin_and_is_silent_about_others) {
  const auto policy = policy_of(mode::list, {"http://a", "https://*.example.com"});
  EXPECT_EQ(added(policy, from("http://a")),
            (header_list{{"Access-Control-Allow-Origin", "http://a"}, {"Vary", "Origin"}}));
  EXPECT_EQ(added(policy, from("https://x.example.com")),
            (header_list{{"Access-Control-Allow-Origin", "https://x.example.com"}, {"Vary", "Origin"}}));
  EXPECT_EQ(added(policy, from("http://b")), (header_list{{"Vary", "Origin"}}));
}

TEST(cors, a_star_stands_for_host_names_only) {
  const auto policy = policy_of(mode::list, {"https://*.example.com"});
  EXPECT_TRUE(is_origin_allowed(policy, "https://a.b.example.com"));
  EXPECT_TRUE(is_origin_allowed(policy, "HTTPS://A.Example.com"));
  EXPECT_FALSE(is_origin_allowed(policy, "https://example.com"));
  EXPECT_FALSE(is_origin_allowed(policy, "https://.example.com"));
  EXPECT_FALSE(is_origin_allowed(policy, "https://evil.com/.example.com"));
  EXPECT_FALSE(is_origin_allowed(policy, "https://evil.com:1.example.com"));
  EXPECT_FALSE(is_origin_allowed(policy, "https://a.example.com.evil.com"));
  EXPECT_FALSE(is_origin_allowed(policy, "http://a.example.com"));
  EXPECT_FALSE(is_origin_allowed(policy, ""));
}

TEST(cors, reflects_whoever_asks) {
  EXPECT_EQ(added(policy_of(mode::reflect), from("http://b")),
            (header_list{{"Access-Control-Allow-Origin", "http://b"}, {"Vary", "Origin"}}));
  EXPECT_EQ(added(policy_of(mode::reflect), from("")), (header_list{{"Vary", "Origin"}}));
}

TEST(cors, adds_credentials_and_exposed_headers) {
  auto policy = policy_of(mode::any);
  policy.credentials = true;
  policy.exposed_headers = "X-A,X-B";
  EXPECT_EQ(added(policy, from("")), (header_list{{"Access-Control-Allow-Origin", "*"},
                                                  {"Access-Control-Allow-Credentials", "true"},
                                                  {"Access-Control-Expose-Headers", "X-A,X-B"}}));
}

TEST(cors, joins_a_vary_that_is_there) {
  header_list out{{"vary", "Accept"}};
  add_cors(policy_of(mode::reflect), from("http://a"), out);
  EXPECT_EQ(out[0].second, "Accept, Origin");
  add_cors(policy_of(mode::reflect), from("http://a"), out);
  EXPECT_EQ(out[0].second, "Accept, Origin");
}

TEST(cors, answers_a_preflight_and_echoes_the_headers_asked_for) {
  auto asking = from("http://a", "OPTIONS");
  asking.headers.push_back({"Access-Control-Request-Headers", "content-type,x-a"});
  auto policy = policy_of(mode::reflect);
  policy.max_age = std::chrono::minutes{10};
  ASSERT_TRUE(is_preflight(policy, asking));
  const auto answer = preflight(policy, asking);
  EXPECT_EQ(answer.status, 204U);
  EXPECT_EQ(answer.headers, (header_list{{"Access-Control-Allow-Origin", "http://a"},
                                         {"Vary", "Origin, Access-Control-Request-Headers"},
                                         {"Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE"},
                                         {"Access-Control-Allow-Headers", "content-type,x-a"},
                                         {"Access-Control-Max-Age", "600"},
                                         {"Content-Length", "0"}}));
}

TEST(cors, answers_a_preflight_with_the_configured_headers) {
  auto policy = policy_of(mode::any);
  policy.allowed_headers = "X-A";
  policy.methods = "GET";
  EXPECT_EQ(preflight(policy, from("http://a", "OPTIONS")).headers,
            (header_list{{"Access-Control-Allow-Origin", "*"},
                         {"Access-Control-Allow-Methods", "GET"},
                         {"Access-Control-Allow-Headers", "X-A"},
                         {"Content-Length", "0"}}));
}

TEST(safe_path, gives_a_relative_path) {
  EXPECT_EQ(safe_path("/"), "");
  EXPECT_EQ(safe_path("/a/b.js"), "a/b.js");
  EXPECT_EQ(safe_path("//a///b.js"), "a/b.js");
  EXPECT_EQ(safe_path("/a/"), "a/");
  EXPECT_EQ(safe_path("/a%20b/%C3%A4"), "a b/\xc3\xa4");
  EXPECT_EQ(safe_path("/a..b/c."), "a..b/c.");
}

TEST(safe_path, never_leaves_its_folder) {
  for (const std::string_view path :
       {"", "a", "/..", "/../etc/passwd", "/a/../../b", "/%2e%2e/a", "/a/%2E./b", "/..%2fa", "/.git/config", "/a/.env",
        "/./a", "/a\\b", "/%5c..%5ca", "/a%00.js", "/a%0ab", "/%ff", "/a%2f..%2fb"})
    EXPECT_EQ(safe_path(path), std::nullopt) << path;
}

TEST(content_type_for, goes_by_the_extension) {
  EXPECT_EQ(content_type_for("a/index.html"), "text/html; charset=utf-8");
  EXPECT_EQ(content_type_for("socket.io.min.JS"), "text/javascript; charset=utf-8");
  EXPECT_EQ(content_type_for("a.js/b"), "application/octet-stream");
  EXPECT_EQ(content_type_for("a.unknown"), "application/octet-stream");
  EXPECT_EQ(content_type_for(""), "application/octet-stream");
}

TEST(etag_matches, compares_weakly) {
  EXPECT_TRUE(etag_matches("\"a\"", "\"a\""));
  EXPECT_TRUE(etag_matches("W/\"a\"", "\"a\""));
  EXPECT_TRUE(etag_matches("\"a\"", "W/\"a\""));
  EXPECT_TRUE(etag_matches("\"b\", W/\"a\"", "\"a\""));
  EXPECT_TRUE(etag_matches("\"x,y\",\"a\"", "\"a\""));
  EXPECT_TRUE(etag_matches(" * ", "\"a\""));
  EXPECT_FALSE(etag_matches("", "\"a\""));
  EXPECT_FALSE(etag_matches("\"A\"", "\"a\""));
  EXPECT_FALSE(etag_matches("a", "\"a\""));
  EXPECT_FALSE(etag_matches("\"x,\"a\"", "\"a\""));
  EXPECT_FALSE(etag_matches("\"unfinished, W/", "\"a\""));
}

}  // namespace
}  // namespace encke::http
