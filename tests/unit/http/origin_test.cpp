// SPDX-License-Identifier: MIT
#include "http/origin.hpp"

#include <gtest/gtest.h>

namespace encke::http {
namespace {

using mode = cors_policy::mode;
using fields = std::vector<std::pair<const char*, const char*>>;

request with(const fields& given) {
  request r{.method = "GET", .target = "/", .headers = {}, .body = {}};
  r.headers.push_back({"Host", "app.example.com"});
  for (const auto& [name, value] : given) r.headers.push_back({name, value});
  return r;
}

cors_policy policy_of(mode origin, std::vector<std::string> origins = {}, bool credentials = false) {
  cors_policy policy;
  policy.origin = origin;
  policy.origins = std::move(origins);
  policy.credentials = credentials;
  return policy;
}

bool is_foreign_page(const fields& given, const cors_policy& policy = {}) {
  return is_foreign(with(given), policy, false, false);
}
bool is_foreign_script(const fields& given, const cors_policy& policy = {}) {
  return is_foreign(with(given), policy, false, true);
}

TEST(same_origin, compares_host_and_port) {
  EXPECT_TRUE(is_same_origin("http://app.example.com", "app.example.com", false));
  EXPECT_TRUE(is_same_origin("http://app.example.com:8080", "app.example.com:8080", false));
  EXPECT_TRUE(is_same_origin("http://APP.example.com", "app.Example.com", false));
  EXPECT_FALSE(is_same_origin("http://evil.example", "app.example.com", false));
  EXPECT_FALSE(is_same_origin("http://app.example.com.evil.example", "app.example.com", false));
  EXPECT_FALSE(is_same_origin("http://sub.app.example.com", "app.example.com", false));
  EXPECT_FALSE(is_same_origin("http://app.example.com:8080", "app.example.com", false));
  EXPECT_FALSE(is_same_origin("http://app.example.com", "app.example.com:8080", false));
  EXPECT_FALSE(is_same_origin("http://app.example.com:8080", "app.example.com:80", false));
}

TEST(same_origin, knows_the_default_ports) {
  EXPECT_TRUE(is_same_origin("http://a:80", "a", false));
  EXPECT_TRUE(is_same_origin("http://a", "a:80", false));
  EXPECT_TRUE(is_same_origin("https://a:443", "a", true));
  EXPECT_TRUE(is_same_origin("https://a", "a:443", true));
  EXPECT_FALSE(is_same_origin("https://a:80", "a", true));
  EXPECT_FALSE(is_same_origin("http://a", "a:443", false));
}

TEST(same_origin, takes_https_for_what_a_proxy_made_plain_and_nothing_else_over_tls) {
  EXPECT_TRUE(is_same_origin("https://a", "a", false));
  EXPECT_TRUE(is_same_origin("https://a:8443", "a:8443", false));
  EXPECT_TRUE(is_same_origin("HTTPS://a", "a", true));
  EXPECT_FALSE(is_same_origin("http://a", "a", true));
  EXPECT_FALSE(is_same_origin("http://a:443", "a", true));
}

TEST(same_origin, reads_ipv6) {
  EXPECT_TRUE(is_same_origin("http://[::1]:8080", "[::1]:8080", false));
  EXPECT_TRUE(is_same_origin("http://[2001:DB8::1]", "[2001:db8::1]", false));
  EXPECT_FALSE(is_same_origin("http://[::1]", "[::1]:8080", false));
  EXPECT_FALSE(is_same_origin("http://[::2]", "[::1]", false));
  EXPECT_FALSE(is_same_origin("http://[::1", "[::1", false));
}

TEST(same_origin, refuses_what_is_no_origin_of_a_web_page) {
  for (const auto* origin :
       {"", "null", "a", "://a", "http:", "http://", "file://", "file://a", "chrome-extension://a", "capacitor://a",
        "http://a/", "http://a/b", "http://u@a", "http://a:b", "http://a http://a", " http://a", "http://:80"})
    EXPECT_FALSE(is_same_origin(origin, "a", false)) << origin;
  EXPECT_FALSE(is_same_origin("http://a", "", false));
}

TEST(foreign, is_no_client_without_a_page) {
  EXPECT_FALSE(is_foreign_page({}));
}

TEST(foreign, is_an_origin_that_is_neither_here_nor_listed) {
  EXPECT_FALSE(is_foreign_page({{"Origin", "https://app.example.com"}}));
  EXPECT_TRUE(is_foreign_page({{"Origin", "https://evil.example"}}));
  EXPECT_TRUE(is_foreign_page({{"Origin", "null"}}));
  EXPECT_TRUE(is_foreign_page({{"Origin", ""}}));
  const auto listed = policy_of(mode::list, {"https://other.example.com", "https://*.pages.example"});
  EXPECT_FALSE(is_foreign_page({{"Origin", "https://other.example.com"}}, listed));
  EXPECT_FALSE(is_foreign_page({{"Origin", "https://a.pages.example"}}, listed));
  EXPECT_FALSE(is_foreign_page({{"Origin", "https://app.example.com"}}, listed));
  EXPECT_TRUE(is_foreign_page({{"Origin", "https://pages.example"}}, listed));
  EXPECT_TRUE(is_foreign_page({{"Origin", "http://other.example.com"}}, listed));
  EXPECT_TRUE(is_foreign_page({{"Origin", "https://other.example.com"}, {"Origin", "https://evil.example"}}, listed));
}

TEST(foreign, is_everybody_else_where_all_origins_may_read_without_cookies) {
  const fields evil{{"Origin", "https://evil.example"}};
  EXPECT_TRUE(is_foreign_page(evil, policy_of(mode::any)));
  EXPECT_TRUE(is_foreign_page(evil, policy_of(mode::reflect)));
  EXPECT_FALSE(is_foreign_page(evil, policy_of(mode::reflect, {}, true)));
  EXPECT_TRUE(is_foreign_page({{"Origin", "null"}}, policy_of(mode::reflect, {}, true)));
}

TEST(foreign, does_not_believe_a_forwarded_host) {
  EXPECT_TRUE(is_foreign_page({{"Origin", "https://evil.example"}, {"X-Forwarded-Host", "evil.example"}}));
}

TEST(foreign, is_told_by_other_fields_where_a_browser_sends_no_origin) {
  EXPECT_FALSE(is_foreign_page({{"Sec-Fetch-Site", "same-origin"}}));
  EXPECT_FALSE(is_foreign_page({{"Sec-Fetch-Site", "none"}}));
  EXPECT_TRUE(is_foreign_page({{"Sec-Fetch-Site", "same-site"}}));
  EXPECT_TRUE(is_foreign_page({{"Sec-Fetch-Site", "cross-site"}}));
  EXPECT_FALSE(is_foreign_page({{"Referer", "https://app.example.com/a?b"}}));
  EXPECT_TRUE(is_foreign_page({{"Referer", "https://evil.example/https://app.example.com"}}));
  const auto listed = policy_of(mode::list, {"https://other.example"});
  EXPECT_FALSE(is_foreign_page({{"Sec-Fetch-Site", "cross-site"}, {"Referer", "https://other.example/"}}, listed));
}

TEST(foreign, is_a_script_that_cannot_say_whose_it_is) {
  EXPECT_TRUE(is_foreign_script({}));
  EXPECT_TRUE(is_foreign_script({{"Sec-Fetch-Site", "none"}}));
  EXPECT_TRUE(is_foreign_script({{"Sec-Fetch-Site", "cross-site"}}));
  EXPECT_TRUE(is_foreign_script({{"Referer", "https://evil.example/"}}));
  EXPECT_FALSE(is_foreign_script({{"Sec-Fetch-Site", "same-origin"}}));
  EXPECT_FALSE(is_foreign_script({{"Referer", "https://app.example.com/page"}}));
  EXPECT_FALSE(is_foreign_script({{"Origin", "https://app.example.com"}}));
}

}  // namespace
}  // namespace encke::http
