// SPDX-License-Identifier: MIT
#include <server/check_options.hpp>

#include <hub/slow_labels.hpp>
#include <limits>
#include <server/settings_of.hpp>
#include <stdexcept>

namespace encke {

void check_options(const options& given) {
  std::string faults;
  const auto require = [&](bool holds, std::string_view what) {
    if (holds) return;
    if (!faults.empty()) faults += "; ";
    faults += what;
  };
  using namespace std::chrono_literals;
  require(given.threads <= 255, "threads: at most 255");
  require(given.path.starts_with('/') && trimmed_path(given.path).size() > 1,
          "path: begins with / and is not / itself");
  require(given.ping_interval > 0ms, "ping_interval: more than 0");
  require(given.ping_timeout > 0ms, "ping_timeout: more than 0");
  // Clients add the two up and count milliseconds in 32 bits (setTimeout).
  constexpr std::chrono::milliseconds longest{std::numeric_limits<std::int32_t>::max()};
  require(given.ping_interval <= longest && given.ping_timeout <= longest - given.ping_interval,
          "ping_interval, ping_timeout: together at most 2147483647 ms");
  require(given.upgrade_timeout > 0ms, "upgrade_timeout: more than 0");
  require(given.connect_timeout > 0ms, "connect_timeout: more than 0");
  require(!given.transports.empty(), "transports: at least one");
  require(given.max_payload > 0 && given.max_unjoined_payload > 0, "max_payload, max_unjoined_payload: more than 0");
  require(given.max_namespaces > 0, "max_namespaces: more than 0");
  require(given.outbox_bytes > 0 && given.outbox_messages > 0, "outbox_bytes, outbox_messages: more than 0");
  require(given.max_attachments <= 1000, "max_attachments: at most 1000");
  require(!given.parser || !given.allow_eio3, "parser: not together with allow_eio3");
  require(given.memory.interval >= 10ms, "memory.interval: at least 10 ms");
  require(given.outbox_age >= 0ms, "outbox_age: not negative");
  require(given.slow_rules.size() <= hub::slow_labels::most_rules, "slow_rules: at most 250");
  for (const auto& rule : given.slow_rules) {
    require(rule.age >= 0ms, "slow_rules: age: not negative");
    require(rule.key.empty() || has_key(rule.policy), "slow_rules: only `latest` has a key");
  }
  require(given.http_head >= 512, "http_head: at least 512 bytes");
  require(given.http_headers >= 10, "http_headers: at least 10");
  require(given.head_timeout > 0ms && given.body_timeout > 0ms && given.idle_timeout > 0ms,
          "head_timeout, body_timeout, idle_timeout: more than 0");
  require(given.cors.allow != cors_options::mode::list || !given.cors.origins.empty(), "cors: a list needs origins");
  const auto is_level = [](int level) { return level >= 1 && level <= 9; };
  if (const auto& deflate = given.deflate) {
    require(is_level(deflate->level) && is_level(deflate->memory_level), "deflate: levels are from 1 to 9");
    require(deflate->window_bits >= 9 && deflate->window_bits <= 15, "deflate: window_bits are from 9 to 15");
  }
  require(!given.http_compression || is_level(given.http_compression->level),
          "http_compression: levels are from 1 to 9");
  if (!faults.empty()) throw std::invalid_argument{"encke::options: " + faults};
}

}  // namespace encke
