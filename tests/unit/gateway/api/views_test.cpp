// SPDX-License-Identifier: MIT
// The HTTP API: who is there, which rooms, health, the debug pages, and who may look.
#include <map>
#include <set>

#include "gateway/settings/keys.hpp"
#include "unit/gateway/api_support.hpp"

namespace encke::gateway::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class api_views : public api_test {};

// --- users --------------------------------------------------------------------------------------------------------

TEST_F(api_views, lists_users_with_their_connections_by_pages) {
  start();
  EXPECT_EQ(get("/v1/users").body, boost::json::parse(R"({"users":[],"cursor":null,"online":0})"));
  std::vector<app_client> clients;
  for (const auto* user : {"ann", "ann", "bob", "eve", ""}) clients.push_back(connect(user));
  std::map<std::string, int> seen;
  std::string cursor;
  for (int pages = 0; pages < 3; ++pages) {
    const auto said = get("/v1/users?limit=1" + (cursor.empty() ? "" : "&cursor=" + cursor));
    ASSERT_EQ(said.status, 200U) << said.raw.body;
    EXPECT_EQ(said.body.at("online"), 3);
    ASSERT_EQ(said.body.at("users").as_array().size(), 1U);
    const auto& one = said.body.at("users").at(0);
    seen[std::string{one.at("user").as_string()}] = static_cast<int>(one.at("connections").as_int64());
    EXPECT_EQ(said.body.at("cursor").is_null(), pages == 2);
    if (said.body.at("cursor").is_string()) cursor = said.body.at("cursor").as_string();
  }
  EXPECT_THAT(seen, ElementsAre(Pair("ann", 2), Pair("bob", 1), Pair("eve", 1)));
}

TEST_F(api_views, refuses_queries_it_does_not_understand) {
  start();
  EXPECT_THAT(get("/v1/users?limit=0&curser=x").faults(),
              ElementsAre("unknown parameter \"curser\", did you mean `cursor`?",
                          "`limit` must be a whole number from 1 to 1000"));
  EXPECT_THAT(get("/v1/users?cursor=nonsense").faults(), ElementsAre("`cursor` must be one that an earlier page gave"));
  for (const auto* limit : {"1001", "-1", "1x", "", "99999999999999999999"})
    EXPECT_EQ(get(std::string{"/v1/users?limit="} + limit).status, 400U) << limit;
  EXPECT_EQ(get("/v1/users?%ff%fe=1").status, 400U);
  EXPECT_THAT(get("/v1/rooms?namespace=/chut").faults(),
              ElementsAre("there is no such namespace, did you mean `/chat`?"));
  EXPECT_EQ(get("/v1/users/ann?namespace=/none").status, 400U);
}

TEST_F(api_views, shows_the_connections_of_one_user) {
  start();
  auto ann = connect("ann"), in_chat = connect("ann", "/chat");
  app_client poller{port(), "ann", "/", encke::test::polling};
  auto bob = connect("bob");
  const auto said = get("/v1/users/ann");
  EXPECT_EQ(said.body.at("user"), "ann");
  std::map<std::string, json> by_id;
  for (const auto& one : said.body.at("connections").as_array()) by_id[std::string{one.at("id").as_string()}] = one;
  ASSERT_EQ(by_id.size(), 3U) << said.raw.body;
  const auto& first = by_id.at(ann.id());
  EXPECT_EQ(first.at("user"), "ann");
  EXPECT_EQ(first.at("namespace"), "/");
  EXPECT_EQ(first.at("transport"), "websocket");
  EXPECT_EQ(first.at("protocol"), 4);
  EXPECT_EQ(first.at("address"), "127.0.0.1");
  EXPECT_EQ(first.at("secure"), false);
  EXPECT_EQ(first.at("rooms").as_array().size(), 2U);
  EXPECT_THAT(std::string{first.at("connected_since").as_string()},
              testing::MatchesRegex("20..-..-..T..:..:..\\....Z"));
  EXPECT_EQ(by_id.at(poller.id()).at("transport"), "polling");
  EXPECT_EQ(by_id.at(in_chat.id()).at("namespace"), "/chat");
  EXPECT_EQ(get("/v1/users/ann?namespace=chat").body.at("connections").as_array().size(), 1U);
}

TEST_F(api_views, knows_users_with_names_that_need_escapes) {
  start();
  auto odd = connect("user%20with%20/%20and%20%E2%82%AC");
  const auto said = get("/v1/users/user%20with%20%2F%20and%20%E2%82%AC");
  EXPECT_EQ(said.status, 200U);
  EXPECT_EQ(said.body.at("user"), "user with / and €");
}

TEST_F(api_views, says_that_a_user_is_not_there) {
  start();
  for (const auto* user : {"ann", "%ff", "%00", "house"}) {
    const auto said = get(std::string{"/v1/users/"} + user);
    EXPECT_EQ(said.status, 404U) << user;
    EXPECT_EQ(said.body.at("code"), "user_not_found");
  }
}

// --- rooms --------------------------------------------------------------------------------------------------------

TEST_F(api_views, lists_rooms_with_their_sizes_by_pages) {
  start();
  EXPECT_EQ(get("/v1/rooms").body, boost::json::parse(R"({"rooms":[],"after":null})"));
  auto ann = connect("ann"), again = connect("ann"), bob = connect("bob"), chat = connect("eve", "/chat");
  EXPECT_EQ(get("/v1/rooms").body, boost::json::parse(R"({"rooms":[{"room":"house","members":3},
      {"room":"user:ann","members":2},{"room":"user:bob","members":1}],"after":null})"));
  const auto first = get("/v1/rooms?limit=2");
  EXPECT_EQ(first.body.at("rooms").as_array().size(), 2U);
  EXPECT_EQ(first.body.at("after"), "user:ann");
  EXPECT_EQ(get("/v1/rooms?limit=2&after=user%3Aann").body,
            boost::json::parse(R"({"rooms":[{"room":"user:bob","members":1}],"after":null})"));
  EXPECT_EQ(get("/v1/rooms?namespace=/chat").body, boost::json::parse(R"({"rooms":[{"room":"house","members":1},
      {"room":"user:eve","members":1}],"after":null})"));
}

// --- health -------------------------------------------------------------------------------------------------------

TEST_F(api_views, is_healthy_and_ready_until_it_leaves) {
  std::atomic<bool> ready{true};
  api_options options;
  options.is_ready = [&] { return ready.load(); };
  start(options);
  for (const auto* path : {"/healthz", "/readyz"}) {
    EXPECT_EQ(get(path).status, 200U) << path;
    EXPECT_EQ(get(path).body, (json{{"ok", true}}));
  }
  ready = false;
  EXPECT_EQ(get("/healthz").status, 200U);
  EXPECT_EQ(get("/readyz").status, 503U);
  EXPECT_EQ(get("/readyz").body.at("code"), "not_ready");
  stop();
}

// --- keys ---------------------------------------------------------------------------------------------------------

api_key key_named(const std::string& name, const std::string& key) {
  return {name, *parse_key_hash(hash_of_key(key))};
}

TEST_F(api_views, wants_one_of_the_keys_everywhere_but_at_health) {
  std::mutex lock;
  std::vector<std::string> refused;
  const auto keys =
      std::make_shared<key_ring>(std::vector{key_named("old", "old key"), key_named("new", "new key")},
                                 [&](const http_request& request, std::string_view code) {
                                   const std::lock_guard hold{lock};
                                   refused.push_back(std::string{code} + " " + request.path + " " + request.address);
                                 });
  api_options options;
  options.keys = keys;
  start(options, true);
  const auto with = [&](const std::string& authorization) {
    return call("GET", "/v1/users", "", "Authorization: " + authorization + "\r\n");
  };
  EXPECT_EQ(with("Bearer old key").status, 200U);
  EXPECT_EQ(with("bearer  new key ").status, 200U);
  for (const auto& operation : api_operations()) {
    const auto said = call(operation.method, operation.pattern, "", "Content-Type: application/json\r\n");
    const bool is_open = operation.pattern == "/healthz" || operation.pattern == "/readyz";
    EXPECT_EQ(said.status, is_open ? 200U : 401U) << operation.pattern;
  }
  for (const auto& operation : debug_operations()) {
    const bool is_page = operation.pattern == "/debug" || operation.pattern == "/debug/" ||
                         operation.pattern.starts_with("/debug/assets/");
    const auto status = call(operation.method, operation.pattern).status;
    EXPECT_EQ(status == 401, !is_page) << operation.pattern;
  }

  const auto missing = get("/v1/users");
  EXPECT_EQ(missing.body.at("code"), "missing_key");
  EXPECT_EQ(missing.raw.header("www-authenticate"), "Bearer realm=\"encke\"");
  for (const auto* wrong : {"Bearer third key", "Bearer old key2"}) {
    const auto said = with(wrong);
    EXPECT_EQ(said.status, 401U);
    EXPECT_EQ(said.body.at("code"), "wrong_key");
    EXPECT_EQ(said.raw.header("www-authenticate"), "Bearer realm=\"encke\", error=\"invalid_token\"");
    EXPECT_THAT(said.raw.body, testing::Not(HasSubstr("key2")));
  }
  EXPECT_EQ(with("Basic b2xkIGtleQ==").body.at("code"), "missing_key");
  EXPECT_THAT(refused, testing::Contains("wrong_key /v1/users 127.0.0.1").Times(2));
  EXPECT_THAT(refused, testing::Contains("missing_key /v1/users 127.0.0.1").Times(3));

  keys->replace({key_named("new", "new key")});
  EXPECT_EQ(with("Bearer old key").status, 401U);
  EXPECT_EQ(with("Bearer new key").status, 200U);
}

TEST_F(api_views, logs_the_name_of_the_key_that_sent_somebody_away) {
  api_options options;
  options.keys = std::make_shared<key_ring>(std::vector{key_named("backend", "the key")});
  start(options);
  auto ann = connect("ann");
  EXPECT_EQ(call("POST", "/v1/disconnect", R"({"users":["ann"]})",
                 "Content-Type: application/json\r\nAuthorization: Bearer the key\r\n")
                .status,
            200U);
  EXPECT_THAT(logged(), Contains(HasSubstr("key=backend")));
}

TEST_F(api_views, without_a_key_answers_no_page_of_another_origin) {
  start({}, true);
  const auto own = "127.0.0.1:" + std::to_string(api_port());
  const auto asked = [&](std::string_view path, const std::string& headers) {
    scripted_peer peer{api_port()};
    peer.send("GET " + std::string{path} + " HTTP/1.1\r\nHost: " + own + "\r\n" + headers + "\r\n");
    return peer.read_answer().status;
  };
  const std::vector<std::string> of_others{
      "Sec-Fetch-Site: cross-site\r\n", "Sec-Fetch-Site: same-site\r\nReferer: http://" + own + "/\r\n",
      "Origin: http://evil.example\r\n", "Origin: null\r\n", "Referer: http://127.0.0.1:1/page\r\n"};
  for (const auto& foreign : of_others) {
    for (const auto* path : {"/v1/users", "/v1/rooms", "/metrics", "/debug/sessions", "/debug/pprof/heap",
                             "/debug/pprof/profile?seconds=300"})
      EXPECT_EQ(asked(path, foreign), 403U) << path << foreign;
    for (const auto* path : {"/healthz", "/readyz", "/debug/"}) EXPECT_EQ(asked(path, foreign), 200U) << path;
  }
  const std::vector<std::string> ours{"", "Sec-Fetch-Site: same-origin\r\nReferer: http://" + own + "/debug/\r\n",
                                      "Sec-Fetch-Site: none\r\n", "Origin: http://" + own + "\r\n",
                                      "Referer: http://" + own + "/debug/\r\n"};
  for (const auto& own_page : ours) EXPECT_EQ(asked("/v1/users", own_page), 200U) << own_page;
}

TEST_F(api_views, without_a_key_answers_this_machine_only) {
  start();
  const auto named = [&](const std::string& host) {
    scripted_peer peer{api_port()};
    peer.send("GET /v1/users HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    return peer.read_answer().status;
  };
  for (const auto* host : {"localhost", "LocalHost:9090", "127.0.0.1:9090", "127.1.2.3", "[::1]:9090", ""})
    EXPECT_EQ(named(host), 200U) << host;
  for (const auto* host :
       {"evil.example", "127.0.0.1.evil.example", "127.0.0.1.cafe", "localhost.evil.example:9090", "10.0.0.1"})
    EXPECT_EQ(named(host), 403U) << host;

  const key_ring none;
  http_request from_elsewhere;
  from_elsewhere.headers = {{"Host", "localhost"}};
  from_elsewhere.address = "192.0.2.1";
  EXPECT_EQ(none.refusal_of(from_elsewhere)->code, "key_required");
  from_elsewhere.address = "::1";
  EXPECT_FALSE(none.refusal_of(from_elsewhere));
  from_elsewhere.address = "::ffff:127.0.0.1";
  EXPECT_FALSE(none.refusal_of(from_elsewhere));
}

// --- debug --------------------------------------------------------------------------------------------------------

TEST_F(api_views, has_debug_pages_only_when_they_were_added) {
  start();
  for (const auto& operation : debug_operations()) EXPECT_EQ(get(operation.pattern).status, 404U) << operation.pattern;
}

TEST_F(api_views, shows_sessions_rooms_ledger_and_counters) {
  start({}, true);
  auto ann = connect("ann"), bob = connect("bob", "/chat");
  const auto held = get("/debug/ledger").body;
  EXPECT_EQ(held.at("purposes").at("session").at("objects").is_int64(), true);
  EXPECT_GT(held.at("bytes").as_int64(), 0);
  std::set<std::string> threads;
  for (const auto& one : held.at("threads").as_array()) threads.emplace(one.at("thread").as_string());
  EXPECT_THAT(threads, Contains("worker 0"));
  const auto counted = get("/debug/stats").body;
  EXPECT_EQ(counted.at("users"), 1);
  EXPECT_EQ(counted.at("sessions"), 2);
  EXPECT_GE(counted.at("counters").at("sessions_opened").as_int64(), 2);
  EXPECT_TRUE(counted.at("disconnects").as_object().contains("ping timeout"));
  const auto sessions = get("/debug/sessions").body;
  EXPECT_EQ(sessions.at("total"), 2);
  std::map<std::string, json> by_user;
  for (const auto& one : sessions.at("sessions").as_array()) by_user[std::string{one.at("user").as_string()}] = one;
  ASSERT_EQ(by_user.size(), 2U);
  EXPECT_EQ(by_user.at("ann").at("id"), json(ann.id()));
  EXPECT_EQ(by_user.at("bob").at("namespace"), "/chat");
  const auto one_of_them = get("/debug/sessions?limit=1").body;
  EXPECT_EQ(one_of_them.at("sessions").as_array().size(), 1U);
  EXPECT_EQ(one_of_them.at("total"), 2);
  EXPECT_EQ(get("/debug/sessions?namespace=/chat").body.at("total"), 1);
  EXPECT_EQ(get("/debug/rooms").body.at("rooms").at(0).at("room"), "house");
}

}  // namespace
}  // namespace encke::gateway::test
