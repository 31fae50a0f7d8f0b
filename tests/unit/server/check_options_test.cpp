// SPDX-License-Identifier: MIT
#include <server/check_options.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <server/settings_of.hpp>
#include <stdexcept>

namespace encke {
namespace {

using namespace std::chrono_literals;

// What is said about options after a change; "" if nothing.
std::string faults(const std::function<void(options&)>& change) {
  options o;
  change(o);
  try {
    check_options(o);
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return {};
}

TEST(check_options, lets_the_defaults_pass) {
  EXPECT_EQ(faults([](options&) {}), "");
}
TEST(check_options, names_the_option_that_is_wrong) {
  const auto names = [](std::string_view name, const std::function<void(options&)>& change) {
    EXPECT_NE(faults(change).find(name), std::string::npos) << name << ": " << faults(change);
  };
  names("threads", [](options& o) { o.threads = 256; });
  names("path", [](options& o) { o.path = "socket.io"; });
  names("path", [](options& o) { o.path = "/"; });
  names("path", [](options& o) { o.path = ""; });
  names("path", [](options& o) { o.path = "//"; });
  names("ping_interval", [](options& o) { o.ping_interval = 0ms; });
  names("ping_timeout", [](options& o) { o.ping_timeout = -1ms; });
  names("ping_interval", [](options& o) { o.ping_interval = std::chrono::milliseconds::max(); });
  names("ping_interval", [](options& o) { o.ping_interval = o.ping_timeout = 13 * 24h; });
  names("deflate", [](options& o) { o.deflate = deflate_options{.level = 0}; });
  names("deflate", [](options& o) { o.deflate = deflate_options{.memory_level = 10}; });
  names("window_bits", [](options& o) { o.deflate = deflate_options{.window_bits = 8}; });
  names("http_compression", [](options& o) { o.http_compression = http_compression_options{.level = 10}; });
  names("upgrade_timeout", [](options& o) { o.upgrade_timeout = 0ms; });
  names("connect_timeout", [](options& o) { o.connect_timeout = 0ms; });
  names("transports", [](options& o) { o.transports.clear(); });
  names("max_payload", [](options& o) { o.max_payload = 0; });
  names("max_namespaces", [](options& o) { o.max_namespaces = 0; });
  names("outbox", [](options& o) { o.outbox_bytes = 0; });
  names("outbox", [](options& o) { o.outbox_messages = 0; });
  names("http_head", [](options& o) { o.http_head = 100; });
  names("http_headers", [](options& o) { o.http_headers = 1; });
  names("head_timeout", [](options& o) { o.head_timeout = 0ms; });
  names("body_timeout", [](options& o) { o.body_timeout = 0ms; });
  names("idle_timeout", [](options& o) { o.idle_timeout = 0ms; });
  names("cors", [](options& o) { o.cors.allow = cors_options::mode::list; });
}
TEST(check_options, names_all_that_is_wrong_at_once) {
  const auto said = faults([](options& o) {
    o.path = "x";
    o.max_payload = 0;
  });
  EXPECT_NE(said.find("path"), std::string::npos);
  EXPECT_NE(said.find("max_payload"), std::string::npos);
}

TEST(settings, trim_the_path) {
  EXPECT_EQ(trimmed_path("/socket.io/"), "/socket.io");
  EXPECT_EQ(trimmed_path("/socket.io"), "/socket.io");
  EXPECT_EQ(trimmed_path("/a/b/"), "/a/b");
}
TEST(settings, take_one_worker_per_processor_unless_told) {
  options o;
  EXPECT_EQ(workers_of(o).count, std::min(usable_processors().count, 255U));
  o.threads = 7;
  EXPECT_EQ(workers_of(o).count, 7U);
  EXPECT_EQ(workers_of(o).because, "set in the options");
}

}  // namespace
}  // namespace encke
