// SPDX-License-Identifier: MIT
// The client of `encke top` against a real API: keys, connections that ended, refusals in words.
#include "gateway/top/client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "unit/gateway/api_support.hpp"

namespace encke::gateway::test {
namespace {

using ::testing::HasSubstr;

TEST(top_url, takes_addresses_as_people_write_them) {
  std::string why;
  for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
           {"http://127.0.0.1:9090", "http://127.0.0.1:9090"},
           {"localhost:9090", "http://localhost:9090"},
           {"http://[::1]:80/", "http://[::1]:80"},
           {"http://proxy.example:8080/encke/", "http://proxy.example:8080/encke"}}) {
    const auto url = parse_api_url(text, why);
    ASSERT_TRUE(url) << text;
    EXPECT_EQ(url->text(), expected);
  }
  EXPECT_EQ(parse_api_url("[::1]:80", why)->host, "::1");
  EXPECT_EQ(why, "");
  for (const auto* bad : {"", "localhost", "http://", ":9090", "host:", "host:0", "host:65536", "host:9090x",
                          "::1:9090", "user@host:9090", "http://[::1:80", "host :80"})
    EXPECT_FALSE(parse_api_url(bad, why)) << bad;
  EXPECT_THAT(why, HasSubstr("http://127.0.0.1:9090"));
  EXPECT_FALSE(parse_api_url("https://host:443", why));
  EXPECT_THAT(why, HasSubstr("https"));
}

struct top_api : api_test {
  /// The body, or what was thrown.
  std::string call(top_client& client, std::string method, std::string path) {
    std::string result;
    boost::asio::co_spawn(loop, client.call(std::move(method), std::move(path)),
                          [&](std::exception_ptr thrown, std::string body) {
                            try {
                              if (thrown) std::rethrow_exception(thrown);
                              result = std::move(body);
                            } catch (const api_failure& failure) {
                              result = failure.what();
                            }
                          });
    loop.run();
    loop.restart();
    return result;
  }
  top_client client(std::uint16_t port, std::string key = {}) {
    return {
        loop.get_executor(), {"127.0.0.1", std::to_string(port), ""}, std::move(key), std::chrono::milliseconds{500}};
  }

  boost::asio::io_context loop{1};
};

TEST_F(top_api, asks_again_on_the_connection_it_has) {
  start({}, true);
  auto asking = client(api_port());
  const auto accepted = [&] {
    return boost::json::parse(call(asking, "GET", "/debug/stats")).at("counters").at("connections_accepted").as_int64();
  };
  const auto first = accepted();
  EXPECT_EQ(accepted(), first);
}

TEST_F(top_api, says_what_the_gateway_wants) {
  api_options options;
  options.keys = std::make_shared<key_ring>(std::vector{api_key{"backend", *parse_key_hash(hash_of_key("the key"))}});
  start(options, true);
  auto without = client(api_port());
  EXPECT_THAT(call(without, "GET", "/debug/stats"), HasSubstr("wants an API key"));
  auto wrong = client(api_port(), "another key");
  EXPECT_THAT(call(wrong, "GET", "/debug/stats"), HasSubstr("give --key or ENCKE_API_KEY"));
  auto right = client(api_port(), "the key");
  EXPECT_THAT(call(right, "GET", "/debug/stats"), HasSubstr("counters"));
  EXPECT_THAT(call(right, "GET", "/debug/nothing"), HasSubstr("is it the API of an encke gateway"));
}

TEST_F(top_api, says_when_nobody_is_there) {
  auto nobody = client(1);
  EXPECT_THAT(call(nobody, "GET", "/debug/stats"), HasSubstr("cannot reach http://127.0.0.1:1: Connection refused"));
}

TEST_F(top_api, outlives_a_connection_that_was_closed_meanwhile) {
  start({}, true);
  auto asking = client(api_port());
  EXPECT_THAT(call(asking, "GET", "/debug/stats"), HasSubstr("counters"));
  const auto port = api_port();
  stop();
  EXPECT_THAT(call(asking, "GET", "/debug/stats"), HasSubstr("cannot reach"));
  EXPECT_NE(port, 0);
}

}  // namespace
}  // namespace encke::gateway::test
