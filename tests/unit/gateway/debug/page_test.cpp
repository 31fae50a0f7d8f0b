// SPDX-License-Identifier: MIT
// The page at /debug/ as it is served: from the binary, without a key, and allowed nothing but its own server.
#include "gateway/debug/page.hpp"

#include <set>

#include "unit/gateway/api_support.hpp"

namespace encke::gateway::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct page : api_test {
  void SetUp() override {
    api_options options;
    options.keys = std::make_shared<key_ring>(std::vector{api_key{"backend", *parse_key_hash(hash_of_key("the key"))}});
    start(options, true);
  }
};

TEST_F(page, is_served_without_a_key_and_may_only_talk_to_its_server) {
  const auto said = get("/debug/");
  EXPECT_EQ(said.status, 200U);
  EXPECT_EQ(said.raw.header("content-type"), "text/html; charset=UTF-8");
  EXPECT_THAT(said.raw.header("content-security-policy"), HasSubstr("default-src 'none'; script-src 'self'"));
  EXPECT_THAT(said.raw.header("content-security-policy"), Not(HasSubstr("unsafe")));
  EXPECT_EQ(said.raw.header("x-content-type-options"), "nosniff");
  EXPECT_EQ(get("/debug").raw.header("location"), "debug/");
}

TEST_F(page, has_every_file_that_it_names) {
  const auto text = get("/debug/").raw.body;
  std::set<std::string> named;
  for (std::size_t at = 0; (at = text.find("\"assets/", at)) != std::string::npos;) {
    const auto end = text.find('"', ++at);
    named.insert(text.substr(at, end - at));
  }
  EXPECT_GE(named.size(), 2U);
  for (const auto& name : named) EXPECT_EQ(get("/debug/" + name).status, 200U) << name;
  for (const auto& file : page_files())
    if (file.name != "index.html") {
      const auto said = get("/debug/assets/" + std::string{file.name});
      EXPECT_EQ(said.raw.body, file.text);
      EXPECT_THAT(said.raw.header("content-type"),
                  file.name.ends_with(".css") ? HasSubstr("css") : HasSubstr("javascript"));
    }
  for (const auto* other : {"index.html", "other.js", "..%2Fpage.js", ""})
    EXPECT_EQ(get("/debug/assets/" + std::string{other}).status, 404U) << other;
}

TEST_F(page, is_not_sent_again_when_it_is_known) {
  const auto first = get("/debug/assets/page.js");
  const auto again = call("GET", "/debug/assets/page.js", "", "If-None-Match: " + first.raw.header("etag") + "\r\n");
  EXPECT_EQ(again.status, 304U);
  EXPECT_EQ(again.raw.body, "");
}

}  // namespace
}  // namespace encke::gateway::test
