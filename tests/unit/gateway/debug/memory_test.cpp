// SPDX-License-Identifier: MIT
// The debug pages that explain memory, by a server with clients.
#include <algorithm>
#include <string>

#include "gateway/memory/monitor.hpp"
#include "unit/gateway/api_support.hpp"

namespace encke::gateway::test {
namespace {

using testing::Contains;

class debug_memory : public api_test {};

/// Sanitizers have an allocator that does not tell what it set aside.
std::int64_t least_known(std::int64_t bytes) {
  return allocator::look().name == "jemalloc" ? bytes : 0;
}

json part_of(const json& body, std::string_view name) {
  for (const auto& one : body.at("parts").as_array())
    if (one.at("name").as_string() == name) return one;
  return {};
}

std::int64_t bytes_of(const json& body, std::string_view name) {
  return part_of(body, name).at("bytes").as_int64();
}

TEST_F(debug_memory, has_parts_that_add_up_to_what_is_resident) {
  start({}, true);
  auto ann = connect("ann"), bob = connect("bob");
  const auto body = get("/debug/memory").body;
  std::int64_t sum = 0;
  for (const auto& one : body.at("parts").as_array()) sum += one.at("bytes").as_int64();
  EXPECT_EQ(sum, body.at("rss").as_int64());
  EXPECT_GE(part_of(body, "session").at("objects").as_int64(), 2);
  EXPECT_GT(bytes_of(body, "code"), 1 << 20);
  EXPECT_EQ(part_of(body, "code").at("kind"), "process");
  EXPECT_GE(body.at("connections").as_int64(), 3);
  EXPECT_EQ(body.at("users"), 2);
  EXPECT_TRUE(body.at("mark").is_null());
  EXPECT_GE(body.at("allocator").at("allocated").as_int64(), least_known(1));
  EXPECT_GT(body.at("uptime_s").as_double(), 0);
  EXPECT_THAT(std::string{body.at("at").as_string()}, testing::MatchesRegex("20..-..-..T..:..:..\\....Z"));
}

TEST_F(debug_memory, remembers_a_mark_until_it_is_cleared) {
  start({}, true);
  const auto marked = post("/debug/memory/mark", "");
  EXPECT_EQ(marked.status, 200U);
  EXPECT_EQ(get("/debug/memory").body.at("mark"), marked.body);
  EXPECT_EQ(bytes_of(marked.body, "code"), bytes_of(get("/debug/memory").body, "code"));
  EXPECT_EQ(call("DELETE", "/debug/memory/mark").status, 204U);
  EXPECT_TRUE(get("/debug/memory").body.at("mark").is_null());
}

TEST_F(debug_memory, has_a_history_with_the_same_parts) {
  api_options options;
  options.memory = std::make_shared<memory_monitor>();
  start(options, true);
  EXPECT_EQ(get("/debug/memory/history").body.at("samples").as_array().size(), 0U);
  options.memory->on_second();
  options.memory->on_second();  // not ten seconds later
  const auto body = get("/debug/memory/history").body;
  ASSERT_EQ(body.at("samples").as_array().size(), 1U);
  const auto& sample = body.at("samples").at(0);
  const auto parts = get("/debug/memory").body.at("parts").as_array();
  ASSERT_EQ(sample.at("bytes").as_array().size(), parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    EXPECT_EQ(body.at("names").at(i), parts[i].at("name"));
    EXPECT_EQ(body.at("kinds").at(i), parts[i].at("kind"));
  }
  EXPECT_EQ(body.at("step_s"), 10);
  EXPECT_GT(sample.at("rss").as_int64(), 1 << 20);
  stop();
}

TEST_F(debug_memory, gives_memory_back_and_says_how_much) {
  start({}, true);
  const auto said = post("/debug/memory/purge", "");
  EXPECT_EQ(said.status, 200U);
  EXPECT_EQ(said.body.at("given_back"),
            std::max<std::int64_t>(0, said.body.at("rss_before").as_int64() - said.body.at("rss_after").as_int64()));
  EXPECT_THAT(logged(), Contains(testing::StartsWith("memory was given back bytes=")));
}

TEST_F(debug_memory, lets_no_page_of_elsewhere_change_anything) {
  start({}, true);
  for (const auto* method : {"POST", "DELETE"})
    EXPECT_EQ(call(method, "/debug/memory/mark", "", "Origin: http://evil.example\r\n").status, 403U);
  EXPECT_EQ(call("POST", "/debug/memory/purge", "", "Origin: null\r\n").body.at("code"), "other_origin");
  EXPECT_TRUE(get("/debug/memory").body.at("mark").is_null());
}

// --- top ----------------------------------------------------------------------------------------------------------

json entry_of(const json& list, std::string_view key, std::string_view value) {
  for (const auto& one : list.as_array())
    if (one.at(key).as_string() == value) return one;
  return {};
}

TEST_F(debug_memory, tells_who_holds_the_most) {
  start({}, true);
  auto ann = connect("ann"), again = connect("ann"), bob = connect("bob"), nobody = connect("");
  auto in_chat = connect("bob", "/chat");
  const auto body = get("/debug/memory/top?by=bytes&limit=10").body;
  SCOPED_TRACE(boost::json::serialize(body));
  EXPECT_EQ(body.at("by"), "bytes");
  ASSERT_EQ(body.at("connections").as_array().size(), 5U);
  const auto first = entry_of(body.at("connections"), "id", ann.id());
  EXPECT_EQ(first.at("user"), "ann");
  EXPECT_EQ(first.at("namespace"), "/");
  EXPECT_EQ(first.at("transport"), "websocket");
  EXPECT_EQ(first.at("address"), "127.0.0.1");
  EXPECT_GT(first.at("bytes").as_int64(), 300);
  EXPECT_EQ(first.at("queued_bytes"), 0);
  EXPECT_EQ(first.at("waiting_ms"), 0);
  EXPECT_EQ(entry_of(body.at("connections"), "id", nobody.id()).at("user"), "");
  const auto sum = entry_of(body.at("users"), "user", "ann");
  EXPECT_EQ(sum.at("connections"), 2);
  EXPECT_NEAR(sum.at("bytes").to_number<double>(), 2 * first.at("bytes").to_number<double>(), 200);
  EXPECT_EQ(entry_of(body.at("users"), "user", "bob").at("connections"), 1);
  EXPECT_EQ(body.at("users").as_array().size(), 2U);
  const auto house = entry_of(body.at("rooms"), "room", "house");
  EXPECT_EQ(house.at("members"), 4);
  EXPECT_GT(house.at("bytes").as_int64(), 0);
  EXPECT_EQ(entry_of(body.at("namespaces"), "namespace", "/").at("sockets"), 4);
  EXPECT_EQ(entry_of(body.at("namespaces"), "namespace", "/chat").at("sockets"), 1);
}

TEST_F(debug_memory, puts_first_whose_messages_wait) {
  start({}, true);
  auto ann = connect("ann"), bob = connect("bob");
  app_client slow{port(), "eve", "/", encke::test::polling};  // has no request pending: what comes waits
  EXPECT_EQ(post("/v1/emit", R"({"all":true,"event":"news","args":[")" + std::string(5000, 'x') + "\"]}").status, 200U);
  EXPECT_TRUE(encke::test::eventually([&] {
    return get("/debug/memory/top?by=queued&limit=1").body.at("connections").at(0).at("queued_bytes").as_int64() > 5000;
  }));
  EXPECT_TRUE(encke::test::eventually([&] {
    return get("/debug/memory/top?by=waiting&limit=1").body.at("connections").at(0).at("waiting_ms").as_int64() > 0;
  }));
  const auto body = get("/debug/memory/top?by=waiting&limit=1").body;
  ASSERT_EQ(body.at("connections").as_array().size(), 1U);
  EXPECT_EQ(body.at("connections").at(0).at("user"), "eve");
  EXPECT_EQ(body.at("connections").at(0).at("queued_messages"), 1);
  EXPECT_EQ(body.at("users").at(0).at("user"), "eve");
  EXPECT_GT(body.at("users").at(0).at("queued_bytes").as_int64(), 5000);
}

TEST_F(debug_memory, finds_users_whatever_their_rooms_are_called) {
  api_options options;
  options.user_room = [](std::string_view user) { return "user:" + std::string{user}; };
  start(options, true);
  auto odd = connect("a%20house%20%E2%82%AC");
  EXPECT_EQ(get("/debug/memory/top").body.at("users").at(0).at("user"), "a house €");
}

TEST_F(debug_memory, refuses_orders_it_does_not_know) {
  start({}, true);
  EXPECT_THAT(
      get("/debug/memory/top?by=size&limit=0").faults(),
      testing::ElementsAre("`limit` must be a whole number from 1 to 100", "`by` must be bytes, queued or waiting"));
}

// What the start took is not counted as missing later, and no longer than until somebody came.
TEST(memory_monitor, takes_the_start_as_it_was_when_the_first_client_came) {
  memory_monitor monitor;
  bool is_idle = true;
  monitor.begin([&] { return is_idle; });
  const std::string late(3 << 20, 'x');
  monitor.on_second();
  const auto startup = [&] {
    const auto parts = monitor.look().picture.parts;
    return std::ranges::find(parts, "startup", &memory_part::name)->bytes;
  };
  const auto before = startup();
  EXPECT_GE(before, least_known(3 << 20));
  is_idle = false;
  monitor.on_second();
  const std::string later(3 << 20, 'x');
  monitor.on_second();
  EXPECT_EQ(startup(), before);
}

}  // namespace
}  // namespace encke::gateway::test
