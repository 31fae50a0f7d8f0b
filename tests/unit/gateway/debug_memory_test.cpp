// SPDX-License-Identifier: MIT
// The debug pages that explain memory, by a server with clients.
#include <algorithm>
#include <string>

#include "gateway/memory_monitor.hpp"
#include "unit/gateway/api_support.hpp"

namespace encke::gateway::test {
namespace {

using testing::Contains;

class debug_memory : public api_test {};

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
  EXPECT_GT(body.at("allocator").at("allocated").as_int64(), 0);
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
  EXPECT_GE(before, 3 << 20);
  is_idle = false;
  monitor.on_second();
  const std::string later(3 << 20, 'x');
  monitor.on_second();
  EXPECT_EQ(startup(), before);
}

}  // namespace
}  // namespace encke::gateway::test
