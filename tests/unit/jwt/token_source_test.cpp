// SPDX-License-Identifier: MIT
// Where tokens are looked for in a request, and how those places look in a log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <encke/jwt.hpp>
#include <encke/ledger.hpp>
#include <map>

namespace encke::jwt {
namespace {

using kind = token_source::kind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::vector<std::string> every_place = {"query:token", "cookie:token", "header", "auth:token"};

std::vector<token_source> sources_of(const std::vector<std::string>& lookup) {
  std::vector<std::string> faults;
  auto sources = parse_lookup(lookup, faults);
  EXPECT_THAT(faults, IsEmpty());
  return sources;
}

struct request {
  std::map<std::string, std::string, std::less<>> query{};
  std::string cookie{};
  std::string authorization{};
};

// "where:name=token", or "".
std::string found_in(const request& r, const std::vector<std::string>& lookup = every_place) {
  const auto before = ledger::snapshot().bytes();
  const auto query = [&r](std::string_view name) -> std::optional<std::string> {
    const auto place = r.query.find(name);
    return place == r.query.end() ? std::nullopt : std::optional{place->second};
  };
  const auto found = find_in_request(sources_of(lookup), query, r.cookie, r.authorization);
  EXPECT_EQ(ledger::snapshot().bytes(), before);
  return found ? to_string(found->source) + "=" + found->token : "";
}

TEST(lookup, reads_every_kind_in_order) {
  EXPECT_THAT(sources_of({"auth:jwt", "header", "cookie:a.b-c_d", "query:token"}),
              ElementsAre(token_source{kind::auth, "jwt"}, token_source{kind::header, ""},
                          token_source{kind::cookie, "a.b-c_d"}, token_source{kind::query, "token"}));
}

TEST(lookup, is_written_as_it_was_read) {
  for (const auto& text : every_place) EXPECT_EQ(to_string(sources_of({text}).front()), text);
}

TEST(lookup, reports_every_fault_and_keeps_what_is_right) {
  std::vector<std::string> faults;
  const std::vector<std::string> lookup = {"header",     "query",      "query:",     "Header",     "header:x",
                                           "cookie:a=b", "cookie:a b", "auth:token", "auth:token", ""};
  EXPECT_THAT(parse_lookup(lookup, faults),
              ElementsAre(token_source{kind::header, ""}, token_source{kind::auth, "token"}));
  EXPECT_EQ(faults.size(), 8u);
  EXPECT_THAT(faults.front(), HasSubstr("\"query\""));
}

TEST(lookup, may_not_be_empty) {
  std::vector<std::string> faults;
  EXPECT_THAT(parse_lookup({}, faults), IsEmpty());
  EXPECT_EQ(faults.size(), 1u);
}

TEST(find_in_request, takes_the_first_place_that_has_one) {
  request r{{{"token", "q"}}, "token=c", "Bearer h"};
  EXPECT_EQ(found_in(r), "query:token=q");
  EXPECT_EQ(found_in(r, {"header", "query:token"}), "header=h");
  r.query["token"] = "";
  EXPECT_EQ(found_in(r), "cookie:token=c");
  r.cookie = "token=";
  EXPECT_EQ(found_in(r), "header=h");
  r.authorization = "";
  EXPECT_EQ(found_in(r), "");
}

TEST(find_in_request, looks_only_where_it_is_told_to) {
  const request r{{{"token", "q"}}, "token=c", "Bearer h"};
  EXPECT_EQ(found_in(r, {"query:jwt", "cookie:jwt", "auth:token"}), "");
}

TEST(find_in_request, finds_a_cookie_among_others) {
  const auto in_cookie = [](std::string text) { return found_in({{}, std::move(text), {}}, {"cookie:token"}); };
  EXPECT_EQ(in_cookie("a=1; token=x; b=2"), "cookie:token=x");
  EXPECT_EQ(in_cookie("a=1;token=x"), "cookie:token=x");
  EXPECT_EQ(in_cookie(" token = x "), "cookie:token=x");
  EXPECT_EQ(in_cookie("token=\"x\""), "cookie:token=x");
  EXPECT_EQ(in_cookie("token=x=y"), "cookie:token=x=y");
  EXPECT_EQ(in_cookie("token=x; token=y"), "cookie:token=x");
  EXPECT_EQ(in_cookie("xtoken=x; tokenx=y; Token=z"), "");
  EXPECT_EQ(in_cookie("token"), "");
  EXPECT_EQ(in_cookie("token=\"\""), "");
  EXPECT_EQ(in_cookie("token=\""), "cookie:token=\"");
  EXPECT_EQ(in_cookie(";;; ;=;=x"), "");
}

TEST(find_in_request, reads_the_bearer_scheme_only) {
  const auto in_header = [](std::string text) { return found_in({{}, {}, std::move(text)}, {"header"}); };
  EXPECT_EQ(in_header("Bearer x.y.z"), "header=x.y.z");
  EXPECT_EQ(in_header("bEARER   x.y.z  "), "header=x.y.z");
  EXPECT_EQ(in_header("Basic x"), "");
  EXPECT_EQ(in_header("Bearer"), "");
  EXPECT_EQ(in_header("Bearer "), "");
  EXPECT_EQ(in_header("Bearerx"), "");
  EXPECT_EQ(in_header("x.y.z"), "");
}

TEST(redact_url, hides_the_values_of_token_parameters) {
  const auto redacted = [](std::string_view url) {
    return redact_url(url, sources_of({"query:token", "query:t", "header"}));
  };
  EXPECT_EQ(redacted("/socket.io/?EIO=4&token=abc&transport=polling"), "/socket.io/?EIO=4&token=***&transport=polling");
  EXPECT_EQ(redacted("wss://example.com/?token=abc#top"), "wss://example.com/?token=***#top");
  EXPECT_EQ(redacted("token=abc&t=d&u=e"), "token=***&t=***&u=e");
  EXPECT_EQ(redacted("/?token=a&token=b"), "/?token=***&token=***");
  EXPECT_EQ(redacted("/?%74oken=abc&tok%65n=def"), "/?%74oken=***&tok%65n=***");
  EXPECT_EQ(redacted("/?token=a=b"), "/?token=***");
  EXPECT_EQ(redacted("/?token="), "/?token=***");
}

TEST(redact_url, leaves_the_rest_as_it_is) {
  const auto lookup = sources_of({"query:token", "cookie:c"});
  for (const std::string_view url :
       {"", "/", "/?", "/?a", "/?token", "/?tokens=1&c=2", "/?a=1&", "/?&&a=%zz%7", "/?Token=x", "#"})
    EXPECT_EQ(redact_url(url, lookup), url);
}

TEST(redact_header, hides_credentials) {
  EXPECT_EQ(redact_header("Authorization", "Bearer x.y.z"), "Bearer ***");
  EXPECT_EQ(redact_header("authorization", "x.y.z"), "***");
  EXPECT_EQ(redact_header("Proxy-Authorization", "Basic abc"), "Basic ***");
  EXPECT_EQ(redact_header("cookie", "a=1; token=x;b"), "a=***; token=***;***");
  EXPECT_EQ(redact_header("Set-Cookie", "io=1"), "io=***");
  EXPECT_EQ(redact_header("Cookie", ""), "");
  EXPECT_EQ(redact_header("Accept", "text/html; q=1"), "text/html; q=1");
}

}  // namespace
}  // namespace encke::jwt
